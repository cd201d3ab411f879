"""What a study learns of a trial on the way."""

import pytest

from chainrule.experiments.sweeps.judge import Judge


class Trial:
    def __init__(self, hopeless_from=99):
        self.hopeless_from, self.reports = hopeless_from, []

    def report(self, value, epoch):
        self.reports.append((epoch, value))

    def should_prune(self):
        return self.reports[-1][0] >= self.hopeless_from


class Trainer:
    stopped = None

    def __init__(self, epochs):
        self.epochs = epochs

    def stop(self, reason):
        self.stopped = reason


def judged(epochs, trial, **options):
    """Let the epochs go by, as far as they do; return why they ended."""
    trainer, judge = Trainer(epochs), Judge("val_loss", trial, **{"prune": True, **options})
    for epoch in range(1, epochs + 1):
        judge.on_epoch_end(trainer, {"epoch": epoch, "val_loss": 1 / epoch})
        if trainer.stopped:
            break
    return trainer.stopped


def test_every_epoch_is_reported_and_a_hopeless_trial_is_stopped():
    trial = Trial(hopeless_from=2)
    assert judged(4, trial).startswith("pruned after epoch 2: val_loss is worse than the median")
    assert trial.reports == [(1, 1.0), (2, 0.5)]


@pytest.mark.parametrize(("hopeless_from", "options"), [(2, {"prune": False}), (4, {})])
def test_not_where_pruning_is_off_nor_at_the_end(hopeless_from, options):
    trial = Trial(hopeless_from)
    assert judged(4, trial, **options) is None
    assert len(trial.reports) == 4


def test_epochs_that_were_reported_before_an_interrupt_are_not_again():
    trial = Trial()
    judged(4, trial, reported=(1, 2))
    assert [epoch for epoch, _ in trial.reports] == [3, 4]


def test_of_many_epochs_some_are_reported_the_same_of_all_trials():
    trial = Trial(hopeless_from=999)
    judged(120, trial)
    assert [epoch for epoch, _ in trial.reports] == list(range(3, 121, 3))
