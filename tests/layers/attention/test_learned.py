"""Learned positions against torch's Embedding of the places."""

import numpy as np
import pytest

from chainrule.layers.attention import LearnedPositions
from chainrule.layers.core import ShapeError
from chainrule.testing import check_layer


@pytest.mark.parametrize(("shape", "dim"), [((3, 5, 4), -2), ((5, 4), 0), ((5, 3, 4), 0)])
def test_agrees_with_torch(agrees, shape, dim):
    torch = pytest.importorskip("torch")

    class Positions(torch.nn.Embedding):
        def forward(self, x):
            table = super().forward(torch.arange(x.shape[dim]))
            return x + (table[:, None] if dim == 0 and x.ndim == 3 else table)
    agrees(LearnedPositions(7, 4, dim), Positions(7, 4), np.random.default_rng(0).normal(size=shape))


def test_initial_values_have_the_deviation_of_gpt():
    assert LearnedPositions(512, 64).weight.data.std() == pytest.approx(0.02, rel=0.02)


@pytest.mark.parametrize(("shape", "dim"), [((3, 5, 4), -2), ((5, 3, 4), 0)])
def test_passes_the_battery(shape, dim):
    assert check_layer(LearnedPositions(6, 4, dim), shape).problems == []


@pytest.mark.parametrize(("shape", "shown"), [
    ((3, 8, 4), r"LearnedPositions\(7, 4\) expected x of at most 7 positions along axis -2, got \(3, 8, 4\)"),
    ((3, 5, 5), r"expected x of shape \(..., 4\), got \(3, 5, 5\)"),
    ((4,), "positions along axis -2"),
])
def test_what_does_not_fit_is_refused(shape, shown):
    for refuse in (lambda layer: layer.forward(np.ones(shape)), lambda layer: layer.describe(shape)):
        with pytest.raises(ShapeError, match=shown):
            refuse(LearnedPositions(7, 4))
