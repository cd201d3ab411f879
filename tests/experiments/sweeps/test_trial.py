"""One trial of a sweep."""

import json

import pytest

from chainrule.experiments.sweeps.outcome import rows_of
from chainrule.experiments.sweeps.plan import plan_sweep
from chainrule.experiments.sweeps.space import SweepParameter
from chainrule.experiments.sweeps.study import Study
from chainrule.experiments.sweeps.trial import train_trial
from chainrule.training import Trainer

pytest.importorskip("optuna")


@pytest.fixture
def one(config):
    """Return a function that trains the first trial of a sweep, and returns its row and the sweep."""
    def train(*parameters, overrides=(), monitor=None):
        sweep = plan_sweep(config, parameters, overrides, monitor=monitor)
        sweep.write()
        study = Study(sweep)
        with study.take(1) as taken:
            assert train_trial(sweep, study, taken) is None
        [row] = rows_of(sweep, study)
        return row, sweep
    return train


@pytest.mark.parametrize(("monitor", "best"), [("val_loss", min), ("val_accuracy", max)])
def test_a_trial_is_a_run_and_its_value_that_of_its_best_epoch(one, monitor, best):
    row, _ = one("optimizer.lr=log:1e-2:1", monitor=monitor)
    lines = [json.loads(line) for line in (row.path / "metrics.jsonl").read_text().splitlines()]
    assert (row.status, row.epochs) == ("finished", 3)
    assert row.value == best(line[monitor] for line in lines)
    assert lines[0]["lr"] == row.values["optimizer.lr"]
    assert f"optimizer.Adam.lr={row.values['optimizer.lr']!r}" in json.loads((row.path / "overrides.json").read_text())


def test_values_with_which_training_diverges_are_known_to_be_bad(one):
    row, _ = one("optimizer.lr=log:1e36:1e38", overrides=["loss={CrossEntropyLoss: {label_smoothing: 0.1}}"])
    assert (row.status, row.value) == ("diverged", None)
    assert row.reason.startswith("diverged: ")


def test_values_that_do_not_go_together_fail_with_the_reason(one, monkeypatch):
    monkeypatch.setattr(SweepParameter, "draw", lambda self, trial: self.ends()[-1])
    row, sweep = one("model.0.out_features,model.2.in_features=choice:7,8", "model.1=choice:Tanh,{Linear: [7, 7]}")
    assert row.status == "failed" and not list(sweep.trials.iterdir())
    assert row.reason.startswith("model.1.Linear: Linear(7, 7) expected x of shape (..., 7)")


def test_a_run_that_had_finished_before_its_process_died_is_not_trained_again(one, monkeypatch):
    tell = Study.tell

    def die(*_):
        raise OSError("the disk is full")
    monkeypatch.setattr(Study, "tell", die)
    with pytest.raises(OSError, match="full"):
        one("optimizer.lr=log:1e-2:1")
    monkeypatch.setattr(Study, "tell", tell)
    monkeypatch.setattr(Trainer, "step", die)
    row, sweep = one("optimizer.lr=log:1e-2:1")
    assert (row.status, row.epochs, len(list(sweep.trials.iterdir()))) == ("finished", 3, 1)
