"""CrossEntropyLoss against PyTorch over layouts and options, and where exponentials would overflow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import CrossEntropyLoss


@st.composite
def cases(draw):
    classes = draw(st.integers(1, 6))
    layout = draw(st.sampled_from([(), (5,), (1,), (4, 3), (2, 3, 2)]))     # of the items
    shape = (classes,) if not layout else (layout[0], classes, *layout[1:])
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    options = {"reduction": draw(st.sampled_from(["mean", "sum", "none"])),
               "label_smoothing": draw(st.sampled_from([0.0, 0.1, 0.75, 1.0]))}
    if draw(st.booleans()):
        options["weight"] = rng.uniform(0.1, 3, classes)
    if draw(st.booleans()):
        target = rng.dirichlet(np.ones(classes), layout)
        target = target if not layout else np.moveaxis(target, -1, 1)
    else:
        target = rng.integers(classes, size=layout)
        if draw(st.booleans()):
            options["ignore_index"] = draw(st.sampled_from([-100, -1, 0, 2]))
            target = np.where(rng.random(layout) < 0.3, options["ignore_index"], target)
            if layout and (target == options["ignore_index"]).all():
                target.flat[0] = classes - 1
        target = np.clip(target, None, classes - 1)
    return 3 * rng.standard_normal(shape), target, options


@given(cases())
@settings(max_examples=150, deadline=None)
def test_numbers_of_torch(numbers_of_torch, case):
    torch = pytest.importorskip("torch")
    prediction, target, options = case
    if options.get("ignore_index", -100) in np.atleast_1d(target) and np.ndim(target) == 0:
        return      # the mean of nothing is NaN on both sides; its gradient is tested in test_loss
    as_tensors = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    numbers_of_torch(CrossEntropyLoss(**options), torch.nn.CrossEntropyLoss(**as_tensors), prediction, target)


@pytest.mark.parametrize("options", [
    {}, {"reduction": "sum"}, {"reduction": "none"}, {"label_smoothing": 0.2}, {"ignore_index": 1},
    {"weight": np.array([0.5, 2.0, 1.0]), "label_smoothing": 0.1, "ignore_index": 2}])
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 3, 4)])
def test_hvp_is_the_derivative_of_backward(hvp_is_derivative, options, shape):
    rng = np.random.default_rng(0)
    layout = () if len(shape) == 1 else (shape[0], *shape[2:])
    target = np.zeros(layout, int) if not layout else rng.integers(3, size=layout)
    hvp_is_derivative(CrossEntropyLoss(**options), rng.standard_normal(shape), target)


def test_hvp_with_probabilities(hvp_is_derivative):
    rng = np.random.default_rng(0)
    hvp_is_derivative(CrossEntropyLoss(weight=[1, 2, 3, 4]), rng.standard_normal((5, 4)), rng.random((5, 4)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_scores(dtype):
    scores = np.array([[1e4, 0, -1e4], [-3e4, -3e4, -2e4]], dtype)
    loss = CrossEntropyLoss(reduction="none")
    np.testing.assert_allclose(loss.forward(scores, np.array([1, 2])), -log_softmax(scores, axis=1)[[0, 1], [1, 2]])
    np.testing.assert_allclose(loss.backward(np.ones(2)), [[1, -1, 0], [0, 0, 0]])


def test_classes_ruled_out_by_minus_infinity():
    loss = CrossEntropyLoss()
    assert loss.forward(np.array([[-np.inf, 0.0, 0.0]]), np.array([1])) == pytest.approx(np.log(2))
    np.testing.assert_allclose(loss.backward(), [[0, -0.5, 0.5]])


def test_gradient_is_softmax_minus_one_hot():
    loss = CrossEntropyLoss(reduction="sum")
    loss.forward(np.log(np.array([[0.2, 0.3, 0.5]])), np.array([2]))
    np.testing.assert_allclose(loss.backward(), [[0.2, 0.3, -0.5]])


def test_ignored_items_have_no_part():
    x = np.random.default_rng(0).standard_normal((4, 3))
    loss, without = CrossEntropyLoss(), CrossEntropyLoss()
    assert loss.forward(x, np.array([0, -100, 2, -100])) == without.forward(x[::2], np.array([0, 2]))
    np.testing.assert_array_equal(loss.backward()[::2], without.backward())
    np.testing.assert_array_equal(loss.backward()[1::2], np.zeros((2, 3)))


def test_wrong_arguments():
    with pytest.raises(ValueRangeError, match=r"label_smoothing in \[0, 1\], got 1.5"):
        CrossEntropyLoss(label_smoothing=1.5)
    with pytest.raises(ShapeError, match=r"expected target of shape \(4, 3\), got \(4, 2\)"):
        CrossEntropyLoss().forward(np.zeros((4, 3)), np.zeros((4, 2)))
    with pytest.raises(ValueRangeError, match="got a distribution as target, in which ignore_index can not be found"):
        CrossEntropyLoss(ignore_index=0).forward(np.zeros((4, 3)), np.zeros((4, 3)))
