"""Two schedules, ours and PyTorch's, on optimisers with two groups each."""

import warnings

import numpy as np
import pytest

import chainrule.optim as ours
from chainrule.layers.core import Parameter


class Pair:
    """The same groups of learning rates in both libraries."""

    def __init__(self, lrs=(0.3, 0.02), rule="SGD"):
        self.torch = pytest.importorskip("torch")
        self.ours = getattr(ours, rule)([{"params": Parameter(np.zeros(1)), "lr": lr} for lr in lrs])
        self.theirs = getattr(self.torch.optim, rule)([
            {"params": self.torch.nn.Parameter(self.torch.zeros(1)), "lr": lr} for lr in lrs])
        self.theirs.step()

    def make(self, name, *arguments, **options):
        room = self.torch.optim.swa_utils if name == "SWALR" else self.torch.optim.lr_scheduler
        return (getattr(ours, name)(self.ours, *arguments, **options),
                getattr(room, name)(self.theirs, *arguments, **options))

    def make_chain(self, parts):
        """Return both libraries' ChainedScheduler of pairs of schedules."""
        mine, theirs = zip(*parts, strict=True)
        return ours.ChainedScheduler(mine), self.torch.optim.lr_scheduler.ChainedScheduler(list(theirs))

    def make_sequence(self, parts, milestones):
        """Return both libraries' SequentialLR of pairs of schedules."""
        mine, theirs = zip(*parts, strict=True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
            return (ours.SequentialLR(self.ours, mine, milestones),
                    self.torch.optim.lr_scheduler.SequentialLR(self.theirs, list(theirs), milestones))

    def rates(self):
        return [group["lr"] for group in self.ours.param_groups]

    def compare(self):
        mine, theirs = ([(group["lr"], group.get("momentum", 0), *group.get("betas", ()))
                         for group in each.param_groups] for each in (self.ours, self.theirs))
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-14)

    def race(self, *schedules, steps=50):
        """Step pairs of schedules together, and compare the rates every time."""
        self.compare()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
            for _ in range(steps):
                for mine, theirs in schedules:
                    mine.step()
                    theirs.step()
                self.compare()
                np.testing.assert_allclose(schedules[-1][0].get_last_lr(), schedules[-1][1].get_last_lr(),
                                           rtol=1e-10, atol=1e-14)


@pytest.fixture(scope="session")
def pair():
    return Pair
