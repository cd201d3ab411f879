"""Plugins: the user's own layers and data by name, and every way in which a plugin can be wrong."""

import sys

import pytest

from chainrule.cli.main import main
from chainrule.experiments import how_to_resume, json_schema, load_plugin, open_config
from chainrule.experiments.binding import plugins
from chainrule.experiments.binding.plugins import PluginError, load_installed
from chainrule.experiments.binding.registry import KINDS

MODULE = '''
"""Layers of the user."""

from __future__ import annotations

import numpy as np

from chainrule.data import ArrayDataset
from chainrule.layers import Layer, Linear, Tanh
from chainrule.layers.core import Size


class Swoosh(Tanh):
    """Tanh by another name."""


def coins(n_samples: Size = 20, rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return coins."""
    x = np.ones((n_samples, 2), np.float32)
    return ArrayDataset(x, x[:, :1])


def _hidden() -> Layer:
    return Tanh()
'''
CONFIG = """\
data: {dataset: {coins: {n_samples: 12}}}
model: [{Linear: [2, 3]}, Swoosh, {Linear: [3, 1]}]
loss: MSELoss
optimizer: SGD
training: {epochs: 1}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(plugins, "_asked_for", {})      # which processes that later tests start would load, too
    before = {kind: dict(KINDS[kind].members) for kind in KINDS}
    (tmp_path / "own_layers.py").write_text(MODULE)
    (tmp_path / "c.yaml").write_text(CONFIG)
    yield tmp_path
    for kind, members in before.items():
        KINDS[kind].members.clear()
        KINDS[kind].members.update(members)
    for name in ("own", "own_layers"):
        sys.modules.pop(name, None)
    load_installed.cache_clear()


def test_a_module_brings_its_own_layers_and_data(folder, capsys):
    assert main(["check", "c.yaml"]) == 2
    assert capsys.readouterr().err.splitlines()[0].startswith("c.yaml:1:18: data.dataset.coins: unknown data set")
    assert main(["check", "c.yaml", "--plugin", "own_layers"]) == 0
    assert "Swoosh()" in capsys.readouterr().out
    assert main(["check", "c.yaml", "--plugin", "own_layers", "--set", "data.dataset.coins.n_samples=0"]) == 2
    assert "n_samples: expected a whole number of at least 1" in capsys.readouterr().err
    load_plugin("own_layers")       # once more changes nothing
    assert "layer.Swoosh" in json_schema()["$defs"]
    assert not {"_hidden", "Size"} & {name for kind in KINDS.values() for name in kind.members}


def test_a_layer_that_says_nothing_of_shapes_is_one_line(folder, capsys):
    silent = MODULE.replace('    """Tanh by another name."""\n', '    describe = Layer.describe\n')
    (folder / "own_layers.py").write_text(silent)
    assert main(["train", "c.yaml", "--plugin", "own_layers"]) == 2
    assert capsys.readouterr().err == ("c.yaml:2:27: model.1.Swoosh: Swoosh has no describe; write it beside the "
                                       "others in its class\n")


def test_the_schema_command_knows_them_too(folder, capsys):
    assert main(["schema", "--plugin", "own_layers"]) == 0
    assert '"layer.Swoosh"' in capsys.readouterr().out


def test_a_run_says_which_plugins_it_needs_and_loads_none_of_itself(folder, capsys, monkeypatch):
    monkeypatch.setattr(plugins, "_asked_for", {})
    assert main(["train", "c.yaml", "--plugin", "own_layers"]) == 0
    [path] = (folder / "runs").iterdir()
    assert how_to_resume(path).endswith(" --plugin own_layers")
    more = ["train", "--resume", str(path), "--set", "training.epochs=2"]
    plugins._asked_for.clear()
    capsys.readouterr()
    for command in (more, ["evaluate", str(path)], ["report", str(path)], ["predict", str(path), "x.npy"]):
        assert main(command) == 2
        assert capsys.readouterr().err == (f"{path} was made with plugins, which are loaded when you say so; add "
                                           f"--plugin own_layers\n")
    assert main([*more, "--plugin", "own_layers"]) == 0
    assert main(["evaluate", str(path), "--plugin", "own_layers"]) == 0
    (path / "environment.json").write_text('[{"plugins": {"a": 1}}]')
    assert main(["evaluate", str(path)]) == 2
    assert "its plugins are no list of names" in capsys.readouterr().err


def test_a_config_can_not_ask_for_a_plugin(folder, capsys):
    (folder / "c.yaml").write_text(f"plugin: own_layers\n{CONFIG}")
    assert main(["check", "c.yaml"]) == 2
    assert "c.yaml:1:1: plugin: unknown key" in capsys.readouterr().err
    assert "own_layers" not in sys.modules


@pytest.mark.parametrize(("text", "part"), [
    (None, "plugin 'own' can not be imported: ModuleNotFoundError: No module named 'own'"),
    ("1 / 0", "plugin 'own' can not be imported: ZeroDivisionError: division by zero"),
    ("def f(:", "plugin 'own' can not be imported: SyntaxError: "),
    ("x = 5", "plugin 'own' has nothing for a config; expected a module with layers"),
    ("__all__ = ['missing']", "plugin 'own' can not be imported: AttributeError: "),
    ("from chainrule.layers import Tanh\nclass ReLU(Tanh): pass", "plugin 'own' has names that are taken: ReLU; give"),
    ("from chainrule.layers import Tanh\ndef digits() -> Tanh: return Tanh()",
     "plugin 'own' has names that are taken: digits; give"),
])
def test_a_wrong_plugin_is_one_line(folder, capsys, text, part):
    if text is not None:
        (folder / "own.py").write_text(text)
    assert main(["check", "xor", "--plugin", "own"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(part)
    assert "ReLU" in KINDS[list(KINDS)[2]].members


def test_installed_packages_bring_theirs_by_an_entry_point(folder):
    (folder / "own-1.dist-info").mkdir()
    (folder / "own-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n")
    (folder / "own-1.dist-info" / "entry_points.txt").write_text("[chainrule.plugins]\nmine = own_layers\n")
    sys.path.append(str(folder))
    load_installed.cache_clear()
    assert open_config("c.yaml").experiment.epochs == 1
    (folder / "own-1.dist-info" / "entry_points.txt").write_text("[chainrule.plugins]\nmine = nothing_there\n")
    load_installed.cache_clear()
    with pytest.raises(PluginError, match="'nothing_there' can not be imported"):
        open_config("xor")
