"""Configs found, changed, and written out in full."""

import pytest

from chainrule.experiments import ConfigError, dump, open_config, recipes

CONFIG = "data: {dataset: xor}\nmodel: {Linear: [2, 1]}\nloss: MSELoss\noptimizer: SGD\ntraining: {epochs: 1}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_recipes_go_by_name_from_anywhere(folder):
    for name in ("xor", "xor.yaml", "configs/xor.yaml"):
        assert open_config(name).experiment.name == "xor"


def test_a_file_goes_before_a_recipe(folder):
    (folder / "xor").write_text(f"name: mine\n{CONFIG}")
    assert open_config("xor").experiment.name == "mine"


def test_a_file_that_is_not_there_is_named(folder):
    for name in ("digits_mpl", "digits_mpl.yaml", "configs/digits_mpl.yaml"):
        with pytest.raises(ConfigError) as caught:
            open_config(name)
        assert str(caught.value) == f"{name}: no such file, and no recipe of that name – did you mean 'digits_mlp'?"
    with pytest.raises(ConfigError, match=r"known: .*digits_autoencoder, .*, xor$"):
        open_config("my_own.yaml")
    with pytest.raises(ConfigError, match="is a folder"):
        open_config(folder)


def test_the_name_is_that_of_the_file_unless_given(folder):
    for file, name in (("my run (2).yaml", "my_run_2_"), (".hidden.yaml", "hidden"), ("a.b.yaml", "a.b")):
        (folder / file).write_text(CONFIG)
        assert open_config(file).experiment.name == name
    assert open_config("a.b.yaml", ["name=other"]).experiment.name == "other"


@pytest.mark.parametrize("name", ["", "a/b", "../up", ".hidden", "a b", "x" * 101])
def test_names_that_are_no_folder_names_are_refused(folder, name):
    (folder / "c.yaml").write_text(CONFIG)
    with pytest.raises(ConfigError, match="name: config expected name as letters, digits"):
        open_config("c.yaml", [f"name='{name}'"])


def test_an_unknown_task_is_named(folder):
    (folder / "c.yaml").write_text(CONFIG)
    with pytest.raises(ConfigError, match="task: unknown task – did you mean 'supervised'"):
        open_config("c.yaml", ["task=supervisd"])


def test_an_empty_config_lacks_everything(folder):
    (folder / "c.yaml").write_text("seed: 1\n")
    with pytest.raises(ConfigError, match=r"^c.yaml:1:1: missing 'data', 'model', 'loss', 'optimizer', 'training'$"):
        open_config("c.yaml")


def test_the_resolved_config_says_all_defaults_and_changes(folder):
    (folder / "c.yaml").write_text(CONFIG)
    resolved = open_config("c.yaml", ["training.epochs=7"]).resolved
    assert resolved["name"] == "c"
    assert resolved["seed"] == 0
    assert resolved["training"].items() >= {"epochs": 7, "batch_size": 32, "callbacks": []}.items()
    assert resolved["data"]["test_size"] == 0
    assert resolved["model"] == {"Linear": [2, 1]}


@pytest.mark.parametrize("name", recipes())
def test_a_resolved_config_resolves_to_itself(folder, name):
    resolved = open_config(name).resolved
    (folder / "again.yaml").write_text(dump(resolved))
    assert open_config("again.yaml").resolved == resolved
