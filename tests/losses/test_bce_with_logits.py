"""BCEWithLogitsLoss: weights, and logits so large that sigmoid and logarithm apart would fail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from chainrule.layers.core import DtypeError, ShapeError
from chainrule.losses import BCEWithLogitsLoss


@st.composite
def cases(draw):
    shape = draw(array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    options = {"reduction": draw(st.sampled_from(["mean", "sum", "none"]))}
    for name in ("weight", "pos_weight"):
        kept = draw(st.integers(-1, len(shape)))        # how many trailing axes have a weight of their own
        if kept >= 0:
            options[name] = rng.uniform(0.2, 3, shape[len(shape) - kept:])
    return 4 * rng.standard_normal(shape), rng.random(shape), options


@given(cases())
@settings(max_examples=60, deadline=None)
def test_weights_have_the_numbers_of_torch(numbers_of_torch, case):
    torch = pytest.importorskip("torch")
    prediction, target, options = case
    as_tensors = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    numbers_of_torch(BCEWithLogitsLoss(**options), torch.nn.BCEWithLogitsLoss(**as_tensors), prediction, target)


def test_hvp_with_weights(hvp_is_derivative):
    rng = np.random.default_rng(3)
    loss = BCEWithLogitsLoss(weight=rng.random((4, 1)), pos_weight=rng.uniform(1, 5, 3))
    hvp_is_derivative(loss, rng.standard_normal((4, 3)), rng.random((4, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits(dtype):
    loss = BCEWithLogitsLoss(reduction="none")
    terms = loss.forward(np.array([1000.0, -1000.0, 1000.0, -1000.0], dtype), np.array([1.0, 0.0, 0.0, 1.0]))
    assert terms.tolist() == [0, 0, 1000, 1000]
    assert loss.backward(np.ones(4)).tolist() == [0, 0, 1, -1]


def test_weights_are_in_the_state_dict():
    loss = BCEWithLogitsLoss(weight=[1.0, 2.0], pos_weight=np.array([3.0, 4.0]))
    assert {k: v.tolist() for k, v in loss.state_dict().items()} == {"weight": [1.0, 2.0], "pos_weight": [3.0, 4.0]}
    assert BCEWithLogitsLoss().state_dict() == {}
    loss.load_state_dict({"weight": np.array([5.0, 6.0]), "pos_weight": np.array([7.0, 8.0])})
    assert loss.pos_weight.data.tolist() == [7, 8]


@pytest.mark.parametrize("name", ["weight", "pos_weight"])
def test_a_weight_that_does_not_broadcast(name):
    for weight in (np.ones(2), np.ones((2, 4, 3))):
        with pytest.raises(ShapeError, match=rf"expected {name} of a shape that broadcasts to .* \(4, 3\), got"):
            BCEWithLogitsLoss(**{name: weight}).forward(np.zeros((4, 3)), np.zeros((4, 3)))


def test_a_weight_of_words():
    with pytest.raises(DtypeError, match="BCEWithLogitsLoss expected weight as numbers"):
        BCEWithLogitsLoss(weight=["heavy"])
