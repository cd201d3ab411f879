"""What only shows when all parts come together, found before anything is computed."""

import pytest

from chainrule.experiments import ConfigError, open_config
from chainrule.layers import Layer

CONFIG = """\
data:
  dataset: {blobs: {n_samples: 41, n_classes: 3}}
  test_size: 10
model:
  - Linear: [2, 5]
  - Residual:
      branch: [{Linear: [5, 5]}, Tanh]
  - Linear: [5, 3]
loss: CrossEntropyLoss
optimizer: {SGD: {lr: 0.1}}
metrics: [accuracy]
training: {epochs: 2, batch_size: 30}
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG)
    return "c.yaml"


SHAPES = [
    ("model.0.Linear=[3,5]", "model.0.Linear: Linear(3, 5) expected x of shape (..., 3), got (30, 2)"),
    ("model.2.Linear=[4,3]", "c.yaml:8:5: model.2.Linear: Linear(4, 3) expected x of shape (..., 4), got (30, 5)"),
    ("model.1.Residual.branch.0.Linear=[6,5]",
     "c.yaml:7:17: model.1.Residual.branch.0.Linear: Linear(6, 5) expected x of shape (..., 6), got (30, 5)"),
    ("model.1.Residual.branch.0.Linear=[5,4]",
     "c.yaml:6:5: model.1.Residual: Residual expected branch and shortcut to end in one shape, got (30, 4) and "
     "(30, 5); give it a shortcut that changes the shape as the branch does"),
    ("model.1={mlp: {sizes: [4, 5]}}", "model.1.mlp: Linear(4, 5) expected x of shape (..., 4), got (30, 5); in layer "
                                       "1 of 1 of Sequential"),
    ("model.1={Parallel: [Tanh, ReLU]}",
     "c.yaml:8:5: model.2.Linear: Linear(5, 3) can not take what it is given: too many values to unpack (expected 1); "
     "Concat, Add and Select make one of several"),
]


@pytest.mark.parametrize(("override", "line"), SHAPES)
def test_a_shape_that_does_not_fit_is_said_at_the_layer(path, override, line):
    with pytest.raises(ConfigError) as caught:
        open_config(path, [override])
    assert str(caught.value).endswith(line)
    assert len(caught.value.problems) == 1


MISFITS = [
    ("loss=MSELoss", "loss: MSELoss"),
    ("model.2.Linear=[5,2]", "c.yaml:9:1: loss: CrossEntropyLoss"),
    ("loss={CrossEntropyLoss: {reduction: none}}",
     "loss.CrossEntropyLoss: training and evaluation expected a loss that is one number"),
    ("metrics=[mean_absolute_error]", "metrics.0: MeanAbsoluteError expected target"),
    ("training.callbacks=[EarlyStopping]",
     "training.callbacks.0: unknown monitor of EarlyStopping 'val_loss' – did you mean 'loss'?; known: accuracy, loss; "
     "val_… needs a validation_size in data"),
    ("training.callbacks=[ClipGradNorm: 1, StopOnPlateau: {monitor: los}]",
     "training.callbacks.1.StopOnPlateau: unknown monitor of StopOnPlateau 'los' – did you mean 'loss'?"),
    ("schedule=ReduceLROnPlateau", "schedule: unknown monitor of ScheduleRunner 'val_loss'"),
    ("model=[Tanh]", "model: has no parameters, so there is nothing to train"),
    ("data.dataset.blobs.noise=.inf", "c.yaml:2:3: data.dataset: x has non-finite values, 82 of 82"),
]


@pytest.mark.parametrize(("override", "words"), MISFITS)
def test_parts_that_do_not_fit_together_are_refused(path, override, words):
    with pytest.raises(ConfigError) as caught:
        open_config(path, [override])
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1


def test_nothing_runs_forward_in_a_check(path, monkeypatch):
    monkeypatch.setattr("chainrule.layers.Linear.forward", lambda *_: pytest.fail("forward ran"))
    assert open_config(path).experiment.summary().total.parameters == 15 + 30 + 18


def test_a_check_changes_neither_weights_nor_generators(path):
    experiment = open_config(path).experiment
    assert isinstance(experiment.model, Layer)
    assert experiment.model.training
    assert [entry is None for entry in (experiment.model.cache, experiment.model[0].cache)] == [True, True]
