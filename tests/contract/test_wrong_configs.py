"""Wrong configs: each ends in the right message at the right line and column, with nothing run and nothing written."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainrule.cli.main import main
from chainrule.experiments import ConfigError, open_config
from chainrule.experiments.binding.builder import Builder
from chainrule.experiments.document.reading import MAX_BYTES, MAX_DEPTH, MAX_NODES
from chainrule.training import Trainer

_, BASE, TABLE = Path(__file__).with_name("wrong_configs.txt").read_text(encoding="utf-8").split("----\n")
TOGETHER = "right one by one, wrong together"       # the section whose mistakes show when the parts are made
SPELT = str.maketrans({"⏎": "\n", "⇥": "\t", "␀": "\0"})


def cases():
    """Return section, old text, new text and answers of every change in the table."""
    found = []
    for line in TABLE.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif "⇒" in line:
            old, _, new = line.partition(" ⇒")
            found.append((section, old.translate(SPELT), new.removeprefix(" ").translate(SPELT), []))
        elif line:
            found[-1][-1].append(line[2:])
    return found


CASES = cases()
NESTED = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
MANY = f"more than {MAX_NODES} keys and values, with every alias written out"
DEEP = f"nested deeper than {MAX_DEPTH} levels"
LARGE = f": larger than {MAX_BYTES} bytes, which no config should be"
TOP = "the top level must be a mapping, 'key: value' lines, got"

# Files that are wrong as a whole, and their first answer behind the file's name.
WHOLE = {
    "ten megabytes of keys": (b"key: value\n" * 950_000, LARGE),
    "ten megabytes on one line": (b"seed: " + b"1" * 10_000_000, LARGE),
    "ten megabytes of brackets": (b"[" * 10_000_000, LARGE),
    "ten megabytes of zeros": (bytes(10_000_000), LARGE),
    "a billion laughs": (NESTED, f":5:35: {MANY}"),
    "quadratic growth": (f"a: &a [{'x, ' * 5_000}]\nb: [*a, *a]\n", f":2:5: {MANY}"),
    "a chain of aliases": ("a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 200)),
                           f":{MAX_DEPTH}:12: {DEEP}"),
    "many items": ("- 1\n" * MAX_NODES, f":{MAX_NODES}:3: {MANY}"),
    "deep brackets": ("model: " + "[" * 5_000, f":1:{8 + MAX_DEPTH}: {DEEP}"),
    "deep braces": ("model: " + "{a: " * 5_000, f":1:{5 + 4 * MAX_DEPTH}: {DEEP}"),
    "deep dashes": ("- " * 5_000, f":1:{2 * MAX_DEPTH + 3}: {DEEP}"),
    "a number of many digits": ("seed: " + "9" * 5_000, ":1:7: seed: a number of more than 100 digits"),
    "an anchor in itself": ("model: &m {Residual: {branch: *m}}", ":1:31: model.Residual.branch: alias *m stands"),
    "Latin-1": (b"name: caf\xe9", ":1:10: byte 0xe9 is not UTF-8, which a config has to be"),
    "UTF-16": ("seed: 0".encode("utf-16"), ":1:1: byte 0xff is not UTF-8, which a config has to be"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ":1:1: byte 0x89 is not UTF-8, which a config has to be"),
    "nothing": (b"", f":1:1: {TOP} nothing"),
    "a comment": (b"# seed: 0\n", f":1:1: {TOP} nothing"),
    "a list": (b"- seed: 0\n", f":1:1: {TOP} a list"),
    "a word": (b"seed:0\n", f":1:1: {TOP} the text 'seed:0'"),
    "a tag on all": (b"!!python/object:os.system {}", ":1:1: tag '!!python/object:os.system' is not allowed"),
    "a tag by another name": (b"%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!name:os.system x",
                              ":3:4: a: tag '!!python/name:os.system' is not allowed"),
    "another version of YAML": (b"%YAML 3.0\n---\nseed: 0", ":1:1: not valid YAML: found incompatible YAML document"),
    "only a seed": (b"seed: 0", ":1:1: missing 'data', 'model', 'loss', 'optimizer', 'training'"),
}

# Changes on the command line to the base, which is right, and their answers.
SET = {
    "epochs": "expected path=value with a path such as training.epochs",
    "training..epochs=3": "expected path=value with a path such as training.epochs",
    "training.epochs=1e-3": "training.epochs: expected a whole number of at least 1, got the number 0.001",
    "training.epochs=012": "training.epochs: 012 begins with 0, which some programs read as octal; write 12, or '012' "
                           "with its quotes for text",
    "training.epoch=3": "training.epoch: unknown key – did you mean 'epochs'?",
    "model.0.Linear.out_features=-3": "model.0.Linear.out_features: expected a whole number of at least 1, got the "
                                      "number -3",
    "model.3.Dropout.p=no": "model.3.Dropout.p: expected a number in [0, 1], got the text 'no'",
    "model.9=Tanh": "model: a list of 9 items has no item '9'; the first is 0",
    "model.1=Tahn": "model.1.Tahn: unknown layer – did you mean 'Tanh'?",
    "optimizer.AdamW.lr={": "this bracket is never closed",
    "optimizer.AdamW.lr=!!float 1": "optimizer.AdamW.lr: tag '!!float' is not allowed; text that begins with '!' needs "
                                    "quotes",
    "optimizer.SGD.lr=0.1": "optimizer: expected the name of one optimizer, alone or before its arguments as in "
                            "'Name: {argument: value}', got 2 keys: AdamW, SGD",
    "seed.value=1": "seed: the number 0 has nothing called 'value' inside; set seed itself",
    "loss.CrossEntropyLoss={reduction: mean, reduction: sum}":
        "loss.CrossEntropyLoss.reduction: duplicate key, first at --set 'loss.CrossEntropyLoss={reduction: mean, "
        "reduction: sum}'",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Trainer, "fit", lambda *_, **__: pytest.fail("trained"))
    return tmp_path


def answers(capsys, *arguments):
    """Return the lines that ``chainrule train`` ends in, exit code 2 and nothing written."""
    before = sorted(Path().iterdir())
    assert main(["train", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sorted(Path().iterdir()) == before
    return err.splitlines()


def test_the_base_is_right(folder):
    (folder / "wrong.yaml").write_text(BASE)
    assert open_config("wrong.yaml").experiment.epochs == 3


def test_there_are_many():
    assert len({(old, new) for _, old, new, _ in CASES}) == len(CASES)
    assert len(CASES) + len(WHOLE) + len(SET) >= 300


@pytest.mark.parametrize(("section", "old", "new", "lines"), CASES, ids=lambda value: str(value)[:40])
def test_a_wrong_config_is_refused_at_its_place(folder, capsys, monkeypatch, section, old, new, lines):
    assert BASE.count(old) >= 1
    assert lines
    (folder / "wrong.yaml").write_text(BASE.replace(old, new, 1))
    if section != TOGETHER:
        monkeypatch.setattr(Builder, "_make", lambda *_: pytest.fail("made something"))
    for found, line in zip(answers(capsys, "wrong.yaml"), lines, strict=True):
        assert re.fullmatch(f"wrong.yaml:{re.escape(line)}".replace("…", ".*"), found), found


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_wrong_as_a_whole(folder, capsys, name):
    content, line = WHOLE[name]
    (folder / "wrong.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert answers(capsys, "wrong.yaml")[0].startswith(f"wrong.yaml{line}")


@pytest.mark.parametrize("override", SET)
def test_a_wrong_change_names_itself(folder, capsys, override):
    (folder / "wrong.yaml").write_text(BASE)
    assert answers(capsys, "wrong.yaml", "--set", override) == [f"--set {override!r}: {SET[override]}"]


def test_a_file_that_can_not_be_found(folder, capsys):
    (folder / "sub").mkdir()
    assert answers(capsys, "digits_mpl") == [
        "digits_mpl: no such file, and no recipe of that name – did you mean 'digits_mlp'?"]
    assert answers(capsys, "sub") == ["sub: is a folder, not a config file"]
    assert answers(capsys, "sub/xor.yaml")[0].startswith("sub/xor.yaml: no such file, and no recipe of that name")


def test_all_that_is_wrong_comes_at_once(folder, capsys):
    changes = ("seed: 0", "sead: 0"), ("out_features: 8", "out_features: -3"), ("- Tanh", "- Tahn"), (
        "label_smoothing: 0.1", "label_smoothing: no"), ("lr: 1e-2", "lr: '1e-2'"), ("epochs: 3", "epochs: 1e-3")
    text = BASE
    for old, new in changes:
        text = text.replace(old, new, 1)
    (folder / "wrong.yaml").write_text(text)
    assert [line.split(": ")[0] for line in answers(capsys, "wrong.yaml")] == [
        "wrong.yaml:3:1", "wrong.yaml:10:44", "wrong.yaml:11:5", "wrong.yaml:20:61", "wrong.yaml:23:25",
        "wrong.yaml:27:11"]


# any text at all

TOKENS = ["task: gan", "seed: -1", "model:", "- Tanh", "  - Linear: [2, 3]", "loss: MSELoss", "data: {dataset: xor}",
          "optimizer: {SGD: {lr: 1}}", "training: {epochs: 2}", "&a", "*a", "!!python/name:os", "include: fuzzed.yaml",
          "{", "]", "'", "\t", "  ", "name: 012", "schedule: {StepLR: 0}", "- {Dropout: .nan}", "metrics: [accuracy, ]",
          "<<: *a"]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_text_leads_to_a_traceback(tmp_path_factory, data):
    """Lines cut, doubled, exchanged and filled with anything: a config opens or is refused in words, at a place."""
    lines = data.draw(st.sampled_from([BASE, ""])).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines)))
        text = data.draw(st.sampled_from(TOKENS) | st.text(max_size=20))
        lines[place:place + data.draw(st.integers(0, 2))] = [text] if data.draw(st.booleans()) or not lines else [
            lines[place - 1][:data.draw(st.integers(0, 30))] + text]
    path = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    problems = []
    try:
        open_config(path)
    except ConfigError as error:
        problems = error.problems
    assert all(problem.where is not None and problem.message for problem in problems)
