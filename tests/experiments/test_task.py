"""What all tasks share: the seed and the name, one registry, and a base on which a new task is a short file."""

from dataclasses import dataclass

import pytest

from chainrule.experiments import TASKS, ConfigError, open_config
from chainrule.experiments.supervised import Supervised
from chainrule.experiments.task import Task

CONFIG = """\
task: {task}
data: {{dataset: {{blobs: {{n_samples: 41, n_classes: 3}}}}}}
model: {{Linear: [2, 3]}}
loss: CrossEntropyLoss
optimizer: SGD
training: {{epochs: 2}}
"""


def test_every_task_is_registered_under_its_name():
    assert {name: kind.task for name, kind in TASKS.items()} == {name: name for name in TASKS}
    assert all(issubclass(kind, Task) for kind in TASKS.values())


def test_an_unknown_task_is_refused_with_the_nearest(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG.format(task="superwised"))
    with pytest.raises(ConfigError, match=r"c.yaml:1:1: task: unknown task – did you mean 'supervised'\?"):
        open_config(tmp_path / "c.yaml")


@dataclass(frozen=True, kw_only=True)
class Halved(Supervised):
    """A task of someone else: half of the epochs, and a key of its own."""

    task: str = "halved"
    strength: float = 0.5

    def build(self, parts, shuffling, builder):
        made = super().build(parts, shuffling, builder)
        made.epochs = int(made.epochs * self.strength)
        return made


def test_a_new_task_is_one_class_and_one_entry(tmp_path, monkeypatch):
    monkeypatch.setitem(TASKS, "halved", Halved)
    (tmp_path / "c.yaml").write_text(CONFIG.format(task="halved"))
    config = open_config(tmp_path / "c.yaml")
    assert config.experiment.epochs == 1
    assert config.resolved["strength"] == 0.5
    assert list(config.resolved)[:4] == ["task", "name", "seed", "data"]
    with pytest.raises(ConfigError, match=r"c.yaml:7:1: strengt: unknown key – did you mean 'strength'\?"):
        (tmp_path / "c.yaml").write_text(CONFIG.format(task="halved") + "strengt: 1\n")
        open_config(tmp_path / "c.yaml")


@pytest.mark.parametrize(("line", "words"), [
    ("seed: -1", "c.yaml:7:7: seed: config expected seed"),
    ("name: a/b", "c.yaml:7:7: name: config expected name as letters"),
])
def test_name_and_seed_are_checked(tmp_path, line, words):
    (tmp_path / "c.yaml").write_text(CONFIG.format(task="supervised") + line)
    with pytest.raises(ConfigError) as caught:
        open_config(tmp_path / "c.yaml")
    assert words in str(caught.value)
