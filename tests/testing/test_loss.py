"""The battery for losses: each of its own checks finds its mistake, and right losses pass."""

import numpy as np
import pytest

import chainrule
from chainrule.losses import CrossEntropyLoss, L1Loss, MSELoss
from chainrule.testing import check_loss


class Numpy(MSELoss):
    def forward(self, prediction, target):
        return np.float64(super().forward(prediction, target)) if self.reduction != "none" \
            else super().forward(prediction, target)


class Upcast(MSELoss):
    def backward(self, grad_out=1.0):
        return np.asarray(super().backward(grad_out), np.float64)


class StartsAtTwo(MSELoss):
    def backward(self, grad_out=2.0):
        return super().backward(grad_out)


class TakesTarget(MSELoss):
    def value(self, prediction, target):
        target -= prediction
        return target**2


class Unsummed(MSELoss):
    def forward(self, prediction, target):
        value = super().forward(prediction, target)
        return value * 2 if self.reduction == "none" else value


class Bent(MSELoss):
    def curvature(self, prediction, target):
        return 3.0


class Eager(MSELoss):
    def backward(self, grad_out=1.0):
        return super().backward(grad_out) if self.cache else 0.0


class WrongAlone(MSELoss):
    def backward(self, grad_out=1.0):
        return super().backward(grad_out) * (2 if self.saved().own.prediction.shape[0] == 1 else 1)


CASES = [
    (Numpy(), "value: expected a Python float, received float64"),
    (Upcast(), "grad_prediction for a prediction in float32: expected that dtype, received float64"),
    (StartsAtTwo(), "grad_prediction of backward()"),
    (TakesTarget(), "target after forward and backward"),
    (Unsummed(), 'value against the sum of the terms of reduction="none"'),
    (Bent(), "hvp(v) against central differences"),
    (Eager(), "backward before forward: expected StateError, received a result"),
    (WrongAlone(), "batch of one: grad_x against central differences"),
]


@pytest.mark.parametrize(("loss", "sentence"), CASES, ids=lambda part: type(part).__name__)
def test_the_mistake_is_named(loss, sentence):
    assert any(problem.startswith(sentence) for problem in check_loss(loss, (5, 3), (5, 3)).problems)


def test_every_reduction_is_checked_and_named():
    class OnlySum(MSELoss):
        def backward(self, grad_out=1.0):
            return super().backward(grad_out * 2 if self.reduction == "sum" else grad_out)
    report = check_loss(OnlySum(), (5, 3), (5, 3))
    assert report.problems
    assert all("for reduction='sum'" in problem for problem in report.problems)
    assert [name for name in report.checked if "for reduction='none'" in name]


def test_kinks_are_reported():
    prediction = np.ones((3, 2))
    report = check_loss(L1Loss(), prediction, np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 0.0]]))
    assert report.problems == []
    assert "2 of 6 values lie at a kink" in report.kinks[0]


@pytest.mark.parametrize("seed", range(5))
def test_right_losses_pass(seed):
    assert check_loss(MSELoss(), (5, 3), (5, 3), seed=seed).problems == []
    assert check_loss(CrossEntropyLoss(), (5, 3), np.array([0, 2, 1, 1, 0]), seed=seed).problems == []


def test_a_single_item_has_no_batch():
    assert check_loss(CrossEntropyLoss(), (5,), np.array(3), batch_axis=None).problems == []


def test_what_is_given_is_left_alone():
    loss, prediction, target = MSELoss(), np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32)
    state = chainrule.layers.core.get_rng_state()
    check_loss(loss, prediction, target)
    assert loss.cache is None
    assert loss.reduction == "mean"
    assert (prediction == 1).all()
    assert (target == 0).all()
    assert chainrule.layers.core.get_rng_state() == state


def test_an_error_is_a_problem():
    problems = check_loss(MSELoss(), (5, 3), (5, 2)).problems
    assert problems[0].startswith("forward: raised ShapeError: MSELoss() expected target of shape (5, 3)")
