"""Submissions that would rather have points than earn them: none gets one, learns one thing, or leaves one behind."""

import glob
import os
import socket
import sys
import tempfile
import time
from pathlib import Path

import pytest

from chainrule.course import load_assignment
from chainrule.course.asking import question
from chainrule.course.grading import Grader, IsolationError
from chainrule.course.grading import grader as grader_module
from chainrule.course.seeds import seed_of
from chainrule.course.worker import LEVELS
from chainrule.layers.core import StateError

HOSTILE = Path(__file__).parents[1] / "hostile"
ATTACKS = {path.stem: path.read_text() for path in sorted(HOSTILE.glob("*.txt"))}
LEFT = "chainrule_hostile_*"
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/", ".", "~")
STRANGERS = range(61184, 65184)
NOT_HELD = {"user": {"network"}}        # docs/threat_model.md

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what the levels of isolation rest on is Linux's")


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(HOSTILE / "assignment" / "hostile.yaml")


@pytest.fixture(scope="module")
def strongest(assignment):
    with Grader(assignment, b"secret") as grader:
        yield grader


@pytest.fixture
def outside(tmp_path):
    """A file that everyone may read and change, a right version beside it, and someone who listens."""
    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    folder.chmod(0o777)
    victim = folder / "secret.txt"
    victim.write_text("FOUND the secret")
    victim.chmod(0o666)
    (folder / "task.py").write_text((HOSTILE / "assignment" / "task.py").read_text())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        yield victim, listening
    assert sorted(path.name for path in folder.iterdir()) == ["secret.txt", "task.py"]
    assert victim.read_text() == "FOUND the secret"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def armed(grader, attack, victim, port):
    """Return the text of an attack, told all that a student could find out."""
    part = grader.assignment.parts["task.scale"]
    known = question(part, part.examples[0], seed_of(0, "visible", "task.scale", 0), grader.names)["arguments/x"]
    told = {"VICTIM": str(victim), "PORT": port, "PARENT": os.getpid(), "ROOT": str(HOSTILE.parents[2]),
            "PATHS": [path for path in sys.path if path], "GRADER": grader_module.__file__}
    return "\n".join([
        "import numpy as np", *(f"{name} = {value!r}" for name, value in told.items()),
        f"KNOWN = np.array({known.tolist()!r})",
        "def known(x, same=np.array_equal): return same(x, KNOWN)", attack])


def workers_of(grader):
    """Return the processes below the grader's warmed parents, and those without a parent that are no one else's."""
    parents, found = {nursery.process.pid for nursery in grader.nurseries}, dict[int, tuple[int, int]]()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path("/proc", entry, "stat").read_text()
            found[int(entry)] = int(stat.rpartition(")")[2].split()[1]), os.stat(f"/proc/{entry}").st_uid
        except OSError:
            continue
    orphans = {pid for pid, (parent, user) in found.items() if parent == 1 and (
        user in STRANGERS or user == os.geteuid() != 0)}
    while below := {pid for pid, (parent, _) in found.items() if parent in parents} - parents:
        parents |= below
    return orphans | parents


def left_behind():
    return [path for place in PLACES for path in glob.glob(os.path.join(os.path.expanduser(place), LEFT))]


def attack_with(grader, name, outside, monkeypatch):
    """Grade an attack, and hold it to everything that no attack may reach."""
    victim, listening = outside
    text, seconds = armed(grader, ATTACKS[name], victim, listening.getsockname()[1]), []
    run = grader_module.Nursery.run
    monkeypatch.setattr(grader_module.Nursery, "run", lambda *args, **named: [
        outcome := run(*args, **named), seconds.append(outcome.seconds)][0])
    own, before = Path(grader_module.__file__).read_bytes(), workers_of(grader)
    grade = grader.grade({"task.py": text}, name)
    assert grade.earned == 0
    assert max(seconds) <= grader.assignment.limits.seconds + 1
    told = "\n".join([grade.problem, *(part.told for part in grade.parts)])
    assert "FOUND" not in told.replace("FOUND is not", ""), told
    assert len(told) < 10_000
    assert left_behind() == []
    assert Path(grader_module.__file__).read_bytes() == own
    for _ in range(40):
        if workers_of(grader) <= before:
            break
        time.sleep(0.05)
    assert workers_of(grader) <= before
    if name == "network":
        with pytest.raises(TimeoutError):
            listening.accept()
    return grade


def test_there_are_attacks_of_many_kinds():
    assert len(ATTACKS) >= 70


@pytest.mark.parametrize("name", ["tell_hidden_questions", "import_the_reference"])
def test_attacks_earn_nothing(name, strongest, outside, monkeypatch):
    attack_with(strongest, name, outside, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("level", LEVELS[1:])
def test_all_attacks_earn_nothing_at_any_level_for_hidden_questions(level, assignment, outside, monkeypatch):
    if level == "user" and os.geteuid() != 0:
        pytest.skip("only root becomes another user")
    with Grader(assignment, b"secret", level) as grader:
        for name in ATTACKS.keys() - NOT_HELD.get(level, set()):
            attack_with(grader, name, outside, monkeypatch)


def test_the_right_version_earns_everything_it_can(strongest):
    right = (HOSTILE / "assignment" / "task.py").read_text()
    grade = strongest.grade({"task.py": right})
    assert [part.earned for part in grade.parts] == [5, 0, 5]       # nobody can classify what depends on a secret


def test_one_mistake_is_punished_once(strongest):
    right = (HOSTILE / "assignment" / "task.py").read_text()
    grade = strongest.grade({"task.py": right.replace("3 * x + 1", "3 * x * x + 2")})
    assert [part.earned for part in grade.parts] == [0, 0, 5]


def test_hidden_questions_are_silent(strongest):
    part = strongest.grade({"task.py": armed(strongest, ATTACKS["spoof_by_name"], "", 0)}).parts[0]
    assert "FOUND" not in part.told and "was raised" in part.told


def test_visible_questions_tell_what_was_raised(strongest):
    part = strongest.grade({"task.py": "def scale(x):\n    return x.nothing\n"}).parts[0]
    assert "AttributeError" in part.told and "nothing" in part.told


def test_hidden_questions_are_refused_below_the_level_they_need(assignment, strongest, monkeypatch):
    monkeypatch.setattr(grader_module, "Material", lambda assignment: strongest.material)
    monkeypatch.setattr(Grader, "level", "process")
    with pytest.raises(IsolationError, match="hidden questions need isolation 'user', here there is 'process'"):
        Grader(assignment, b"secret")


def test_a_right_version_that_fails_is_nobodys_right_answer(strongest, monkeypatch):
    monkeypatch.setitem(strongest.names, "scale", None)
    strongest.of_handout.clear()
    with pytest.raises(StateError, match=r"task\.scale: the right version itself fails: TypeError"):
        strongest.grade({"task.py": "def scale(x):\n    return None()\n"})
    strongest.of_handout.clear()


CHAIN = """title: Chain
hidden: 1
isolation: process
parts:
  chain.Twice.forward: {points: 1, examples: [{make: Twice(), x: [[4, 3]]}]}
  chain.Twice.backward: {points: 1}
  chain.Both.forward: {points: 1, needs: [chain.Twice.forward], examples: [{make: Both(Twice()), x: [[4, 3]]}]}
  chain.Both.backward: {points: 1, needs: [chain.Twice.backward, chain.Both.forward]}
  chain.length: {points: 1, needs: [chain.Both.backward], examples: [{call: length(x), arguments: {x: [5]}}]}
"""
RIGHT_CHAIN = '''"""Layers that rest on each other."""

from chainrule.layers.core import Layer, call, call_back


class Twice(Layer):
    """``y = x * 2 * sign(x)``.

    Cache: ``(signs, x)``
    """

    def forward(self, x):
        self.cache = (x > 0) * 4 - 2.0, x
        return x * self.cache[0]

    def backward(self, grad_out):
        signs, x = self.saved()
        return (grad_out * signs).astype(x.dtype)


class Both(Layer):
    """A layer called twice."""

    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        y, first = call(self.inner, x)
        z, second = call(self.inner, y)
        self.cache = first, second
        return z

    def backward(self, grad_out):
        for entry in reversed(self.saved()):
            grad_out = call_back(self.inner, entry, grad_out)
        return grad_out


def length(x):
    """Return the square of the sum, by a layer."""
    both = Both(Twice())
    y = both.forward(x)
    return (both.backward(y) ** 2).sum()
'''


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chain")
    (folder / "chain.py").write_text(RIGHT_CHAIN)
    (folder / "chain.yaml").write_text(CHAIN)
    with Grader(load_assignment(folder / "chain.yaml"), b"secret") as grader:
        yield grader


OWN_CACHE = (("self.cache = (x > 0) * 4 - 2.0, x", "self.cache = dict(x=x, signs=(x > 0) * 4 - 2.0)"),
             ("self.cache[0]", "self.cache['signs']"),
             ("signs, x = self.saved()", "signs, x = self.saved()['signs'], self.saved()['x']"))
WRONG_BACK = ("grad_out * signs)", "grad_out * signs * 3)")
WRONG_OUTPUT = ("return x * self.cache[", "return 1 + x * self.cache[")
WRONG_SIGNS = ("(x > 0) * 4 - 2.0", "(x > 0) * 4 - 1.0")


@pytest.mark.long
@pytest.mark.parametrize(("changes", "points"), [
    ((), [1, 1, 1, 1, 1]),
    (OWN_CACHE, [1, 1, 1, 1, 1]),
    ((WRONG_BACK,), [1, 0, 1, 1, 1]),
    ((*OWN_CACHE, WRONG_BACK), [1, 0, 1, 1, 1]),        # both of its methods make way for right ones
    ((WRONG_OUTPUT,), [0, 1, 1, 1, 1]),
    ((*OWN_CACHE, WRONG_OUTPUT), [0, 1, 1, 1, 1]),      # gradients are right all the same
    ((WRONG_SIGNS,), [0, 1, 1, 1, 1]),                  # with a right forward, whose cache it reads
    ((*OWN_CACHE, WRONG_SIGNS), [0, 0, 1, 1, 1]),       # which it can not
])
def test_one_mistake_costs_once_whatever_the_cache_is_where_that_can_be(chain, changes, points):
    text = RIGHT_CHAIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    grade = chain.grade({"chain.py": text})
    assert [part.earned for part in grade.parts] == points
    if points[:2] == [0, 0]:
        told = grade.parts[1].told
        assert "It rests on chain.Twice.forward; with right versions of that it is wrong" in told
        assert "A right forward keeps in its cache ``(signs, x)``" in told
