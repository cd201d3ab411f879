"""Calls in shut-off processes: what comes back, what fails how, and what each level holds."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from chainrule.course import worker
from chainrule.course.worker import LEVELS, Limits, Nursery
from chainrule.layers.core import StateError, UnknownNameError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
MODULES = {"package/__init__.py": "", "package/doubling.py": "from .number import TWO", "package/number.py": "TWO = 2",
           "calls.py": """
import time
import numpy as np
from package.doubling import TWO

def double(arguments, arrays):
    return {name: TWO * array for name, array in arrays.items()} | {"given": arguments["number"]}

def fail(arguments, arrays):
    raise KeyError("not there")

def wait(arguments, arrays):
    time.sleep(60)

def much(arguments, arrays):
    return {"much": np.ones(2 ** 20)}

def eat(arguments, arrays):
    return {"eaten": np.ones(2 ** 27)}

def end(arguments, arrays):
    import os
    os._exit(3)

def objects(arguments, arrays):
    return {"object": np.array([object()])}

def loaded(arguments, arrays):
    import sys
    return {"loaded": np.array([name for name in sys.modules if name.split(".")[0] in ("scipy", "torch", "chainrule")],
                               "U50")}

def can(arguments, arrays):
    import os, socket
    def tried(do):
        try:
            return str(do())[:20]
        except OSError as error:
            return "no"
    return {name: np.array(tried(do)) for name, do in {
        "read": lambda: open("/etc/passwd").read(), "fork": os.fork, "connect": lambda: socket.socket().connect_ex(
            ("127.0.0.1", 1)), "signal": lambda: os.kill(os.getppid(), 0), "write": lambda: os.mkdir("x"),
        "list": lambda: os.listdir("/"), "user": os.getuid, "group": os.getgid}.items()}
"""}


@pytest.fixture(scope="module")
def nursery():
    with Nursery(MODULES) as nursery:
        yield nursery


def test_arrays_go_there_and_back(nursery):
    x = np.arange(6, dtype=np.float32).reshape(2, 3).T
    outcome = nursery.run("calls:double", {"number": 7}, {"x": x, "empty": np.zeros((0, 3)), "one": np.array(2)})
    assert outcome.failure is None
    assert outcome.arrays.keys() == {"x", "empty", "one", "given"}
    np.testing.assert_array_equal(outcome.arrays["x"], 2 * x)
    assert outcome.arrays["x"].dtype == np.float32 and outcome.arrays["empty"].shape == (0, 3)
    assert outcome.arrays["one"] == 4 and outcome.arrays["given"] == 7


def test_texts_are_laid_over_the_package_for_one_call(nursery):
    changed = nursery.run("calls:double", {"number": 0}, {"x": np.ones(1)}, texts={"package/number.py": "TWO = 5"})
    after = nursery.run("calls:double", {"number": 0}, {"x": np.ones(1)})
    assert changed.arrays["x"] == 5 and after.arrays["x"] == 2


@pytest.mark.parametrize(("call", "kind", "said"), [
    ("fail", "raised", "KeyError: 'not there'"), ("wait", "time", "more than 0.4 s"),
    ("much", "size", "more than 2 MB"), ("eat", "memory", "MemoryError"), ("end", "ended", "with exit code 3"),
    ("objects", "raised", "dtype object"),
    ("missing", "raised", "AttributeError"),
])
def test_failures_are_named(nursery, call, kind, said):
    outcome = nursery.run(f"calls:{call}", None, {}, limits=Limits(0.4 if call == "wait" else 20.0, 64, 2))
    assert outcome.arrays is None and outcome.failure.kind == kind
    assert said in str(outcome.failure)
    assert outcome.seconds < (1.4 if call == "wait" else 21)


def test_a_module_that_can_not_be_imported_is_a_failure(nursery):
    outcome = nursery.run("calls:double", {"number": 0}, {}, texts={"package/number.py": "TWO ="})
    assert outcome.failure.name == "SyntaxError"


def test_the_library_is_not_there(nursery):
    assert nursery.run("calls:loaded", None, {}).arrays["loaded"].size == 0


def test_an_unknown_level_is_refused():
    with pytest.raises(UnknownNameError, match="unknown level of Nursery 'strong'"):
        Nursery(MODULES, "strong")


def test_a_parent_that_was_killed_is_replaced(nursery):
    nursery.process.kill()
    nursery.process.wait()
    assert nursery.run("calls:double", {"number": 1}, {}).arrays["given"] == 1


def test_what_runs_among_strangers_imports_nothing_but_numpy_and_the_standard_library():
    inside = Path(worker.__file__).parent / "inside"
    code = f"import sys; sys.path.insert(0, {str(inside.parent)!r}); import inside; " \
           "print(sorted({n.split('.')[0] for n in sys.modules} & {'chainrule', 'scipy', 'yaml', 'pydantic'}))"
    assert subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


HELD = {
    "process": {"fork"},
    "user": {"fork", "read", "list", "write", "signal"},
    "filter": {"fork", "read", "list", "write", "signal", "connect"},
    "namespaces": {"fork", "read", "list", "write", "signal", "connect"},
}


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root reaches every level")
@pytest.mark.parametrize("level", LEVELS)
def test_what_each_level_holds(level):
    with Nursery(MODULES, level) as nursery:
        answers = nursery.run("calls:can", None, {}).arrays
    assert HELD[level] <= {name for name, answer in answers.items() if answer == "no"}
    assert int(answers["user"]) != 0 and int(answers["group"]) != 0


@pytest.mark.long
def test_a_worker_takes_less_than_a_tenth_of_a_second(nursery):
    times = []
    for _ in range(30):
        start = time.monotonic()
        nursery.run("calls:double", {"number": 0}, {"x": np.ones((100, 100))})
        times.append(time.monotonic() - start)
    assert min(times) < 0.1


@pytest.mark.long
def test_nothing_is_left_when_a_nursery_is_closed():
    nursery = Nursery(MODULES)
    process, folder = nursery.process.pid, Path(nursery.folder.name)
    nursery.run("calls:wait", None, {}, limits=Limits(0.2))
    nursery.close()
    assert not folder.exists() and not Path(f"/proc/{process}").exists()


def test_a_system_without_fork_is_told_so(monkeypatch):
    monkeypatch.delattr(os, "fork")
    with pytest.raises(StateError, match="Nursery needs fork"):
        Nursery(MODULES)
