"""What all tasks share: the seed and the name, one registry, and a base on which a new task is a short file."""

from dataclasses import dataclass

import numpy as np
import pytest

from chainrule.experiments import TASKS, ConfigError, open_config
from chainrule.experiments.tasks.supervised import Supervised
from chainrule.experiments.tasks.task import Task
from chainrule.training import Callback

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
    with pytest.raises(ConfigError, match=r"c.yaml:1:7: task: unknown task – did you mean 'supervised'\?"):
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
    ("seed: -1", "c.yaml:7:7: seed: expected a whole number of at least 0"),
    ("name: a/b", "c.yaml:7:7: name: config expected name as letters"),
])
def test_name_and_seed_are_checked(tmp_path, line, words):
    (tmp_path / "c.yaml").write_text(CONFIG.format(task="supervised") + line)
    with pytest.raises(ConfigError) as caught:
        open_config(tmp_path / "c.yaml")
    assert words in str(caught.value)


def opened(tmp_path, **training):
    (tmp_path / "c.yaml").write_text(CONFIG.format(task="supervised"))
    return open_config(tmp_path / "c.yaml", [f"training.{name}={value}" for name, value in training.items()])


def test_groups_have_options_of_their_own(tmp_path):
    experiment = opened(tmp_path, groups="[{layers: bias, lr: 0.5, momentum: 0.9}]").experiment
    groups = experiment.trainer.optimizer.param_groups
    assert [(len(group["params"]), group["lr"], group["momentum"]) for group in groups] == [(1, 1e-3, 0), (1, 0.5, 0.9)]


def test_micro_batches_class_weights_and_schedules_by_batch_are_at_work(tmp_path):
    experiment = opened(tmp_path, micro_batch_size=8, class_weight="balanced", schedule_every="batch").experiment
    counts = np.bincount(experiment.loader.dataset.y)
    np.testing.assert_allclose(experiment.trainer.loss.weight.data * counts, 41 / 3, rtol=1e-5)
    assert experiment.trainer.micro_batch_size == 8
    (tmp_path / "c.yaml").write_text(CONFIG.format(task="supervised"))
    experiment = open_config(tmp_path / "c.yaml", [
        "training.schedule_every=batch", "training.batch_size=8", "schedule={SequentialLR: {schedulers: [{LinearLR: "
        "{start_factor: 0.5, total_iters: 4}}, {StepLR: {step_size: 2, gamma: 0.1}}], milestones: [4]}}"]).experiment
    rates = []
    experiment.run(type("Rates", (Callback,), {
        "on_backward_end": lambda self, trainer, loss: rates.append(trainer.optimizer.param_groups[0]["lr"])})())
    expected = [0.5, 0.625, 0.75, 0.875, 1, 1, 0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3]
    np.testing.assert_allclose(rates, 1e-3 * np.array(expected))


@pytest.mark.parametrize(("option", "words"), [
    ({"groups": "[{layers: biass, lr: 0.5}]"}, "training.groups.0: unknown layer in parameter_groups 'biass'"),
    ({"groups": "[{layers: bias, lrr: 0.5}]"}, "training.groups.0.lrr: unknown option of SGD 'lrr' – did you mean"),
    ({"groups": "[{layers: bias, lr: slow}]"}, "training.groups.0.lr: SGD expected lr of the kind of its default"),
    ({"groups": "[{layers: bias, lr: -1}]"}, "training.groups.0.lr: SGD expected lr in [0, inf]"),
    ({"groups": "[{lr: 1}]"}, "expected every group with the key 'layers'"),
    ({"class_weight": "even"}, "training.class_weight: expected balanced"),
    ({"micro_batch_size": 0}, "training.micro_batch_size: "),
])
def test_options_that_do_not_fit_are_shown_where_they_stand(tmp_path, option, words):
    with pytest.raises(ConfigError) as caught:
        opened(tmp_path, **option)
    assert words in str(caught.value)


@pytest.mark.parametrize(("recipe", "option", "words"), [
    ("digits_cnn", "micro_batch_size=8", "got BatchNorm2d(16) at '1'"),
    ("char_lstm", "micro_batch_size=8", "a network whose state goes on from batch to batch"),
    ("blobs_gan", "micro_batch_size=8", "training.micro_batch_size is not for; leave it out"),
    ("digits_autoencoder", "class_weight=balanced", "class_weight expected a loss of classes"),
])
def test_options_that_a_task_can_not_have_are_refused(recipe, option, words):
    with pytest.raises(ConfigError) as caught:
        open_config(recipe, [f"training.{option}"])
    assert words in str(caught.value)


def test_ghost_batch_norm_allows_the_parts():
    experiment = open_config("digits_cnn", ["training.micro_batch_size=8", "training.ghost_batch_norm=true"]).experiment
    assert experiment.trainer.ghost_batch_norm
