"""Files within files: what goes where, and that every error names the file it stands in."""

import pytest

from chainrule.experiments import ConfigError, open_config, recipes
from chainrule.experiments.document.including import find_config, read_whole
from chainrule.experiments.document.reading import MAX_DEPTH, MAX_NODES

BASE = """\
data: {dataset: xor}
model: [{Linear: [2, 4]}, Tanh, {Linear: [4, 1]}]
loss: MSELoss
optimizer: {SGD: {lr: 0.1, momentum: 0.9}}
training: {epochs: 3, batch_size: 4}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(BASE)
    return tmp_path


def whole(text, folder):
    (folder / "top.yaml").write_text(text)
    return read_whole(folder / "top.yaml", {"data", "training"})


def problem(text, folder):
    with pytest.raises(ConfigError) as caught:
        whole(text, folder)
    return str(caught.value).replace(f"{folder}/", "")


def test_keys_replace_those_of_the_included_file_and_sections_are_laid_over_each_other(folder):
    found = whole("include: base.yaml\noptimizer: {Adam: {lr: 1e-2}}\ntraining: {epochs: 9}\nseed: 4\n", folder).plain()
    assert found["optimizer"] == {"Adam": {"lr": 0.01}}
    assert found["training"] == {"epochs": 9, "batch_size": 4}
    assert found["loss"] == "MSELoss"
    assert found["seed"] == 4
    assert "include" not in found


def test_any_value_may_be_another_file(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "block.yaml").write_text("- Tanh\n- {include: deeper.yaml}\n")
    (folder / "sub" / "deeper.yaml").write_text("ReLU\n")
    assert whole("model: {include: sub/block.yaml}\nother: [{include: sub/block.yaml}]", folder).plain() == {
        "model": ["Tanh", "ReLU"], "other": [["Tanh", "ReLU"]]}


def test_recipes_may_be_included_by_name_and_chains_go_on(folder):
    (folder / "middle.yaml").write_text("include: digits_mlp\nseed: 1\n")
    (folder / "mine.yaml").write_text("include: middle.yaml\ntraining: {epochs: 2}\n")
    config = open_config("mine.yaml", ["training.batch_size=16"])
    assert config.experiment.epochs == 2
    assert config.resolved["seed"] == 1
    assert config.resolved["name"] == "mine"


def test_errors_carry_the_file_and_line_that_they_stand_in(folder):
    (folder / "base.yaml").write_text(BASE.replace("momentum", "momentun"))
    (folder / "mine.yaml").write_text("include: base.yaml\nseed: -1\n")
    with pytest.raises(ConfigError) as caught:
        open_config("mine.yaml")
    assert str(caught.value).splitlines() == [
        "base.yaml:4:28: optimizer.SGD.momentun: unknown key – did you mean 'momentum'?",
        "mine.yaml:2:7: seed: expected a whole number of at least 0, got the number -1"]
    (folder / "base.yaml").write_text("a: 1\nb: [")
    assert problem("include: base.yaml", folder) == "base.yaml:2:4: this bracket is never closed"


@pytest.mark.parametrize(("text", "line"), [
    ("include: top.yaml", "top.yaml:1:10: include: a circle: top.yaml is what this is a part of"),
    ("a: 1\nb: {include: ./top.yaml}", "top.yaml:2:14: include: a circle: top.yaml is what this is a part of"),
    ("include: bas.yaml",
     "top.yaml:1:10: include: no such file, and no recipe of that name – did you mean 'base.yaml'?"),
    ("include: nothing/like/it", "top.yaml:1:10: include: no such file, and no recipe of that name"),
    ("include: [base.yaml]", "top.yaml:1:10: include: expected the path of a file, got a list"),
    ("include:", "top.yaml:1:9: include: expected the path of a file, got nothing"),
    ("include: .", "top.yaml:1:10: include: is a folder, not a config file"),
    ("a: {include: base.yaml, b: 1}", "top.yaml:1:25: here 'include' stands alone; only at the top of a file keys "
                                      "beside it change what it includes"),
    ("include: list.yaml\na: 1", "list.yaml:1:1: expected a mapping for the file that includes this to change, got "
                                 "a list"),
])
def test_what_can_not_be_included(folder, text, line):
    (folder / "list.yaml").write_text("[1]")
    assert problem(text, folder).startswith(line)


def test_circles_are_found_over_several_files(folder):
    (folder / "a.yaml").write_text("x: {include: b.yaml}")
    (folder / "b.yaml").write_text("\ny: [{include: top.yaml}]")
    assert problem("include: a.yaml", folder) == "b.yaml:2:15: include: a circle: top.yaml is what this is a part of"


def test_what_is_included_counts_towards_the_limits(folder):
    for level in range(20):
        (folder / f"f{level}.yaml").write_text(f"[{{include: f{level + 1}.yaml}}, {{include: f{level + 1}.yaml}}]")
    (folder / "f20.yaml").write_text("[1, 2]")
    assert problem("a: {include: f0.yaml}", folder).endswith(f"more than {MAX_NODES} keys and values, with every file "
                                                             f"included")
    for level in range(MAX_DEPTH + 1):
        (folder / f"g{level}.yaml").write_text(f"include: g{level + 1}.yaml")
    assert problem("include: g0.yaml", folder).endswith(f"nested deeper than {MAX_DEPTH} files")


def test_recipes_are_found_by_name_only_where_no_file_is_meant(folder):
    assert find_config("xor") == find_config("configs/xor.yaml")
    assert "xor" in recipes()
    with pytest.raises(ConfigError, match=r"^elsewhere/xor: no such file, and no recipe of that name"):
        find_config("elsewhere/xor")
