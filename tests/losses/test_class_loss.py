"""What all losses of one score per class share: layouts, targets of any integer dtype, weights, clear errors."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.losses import ClassLoss, CrossEntropyLoss, MultiMarginLoss, NLLLoss
from chainrule.losses.class_loss import from_rows, item_shape, to_rows

FAMILY = (CrossEntropyLoss, NLLLoss, MultiMarginLoss)
X = np.random.default_rng(0).standard_normal((4, 3))


@pytest.mark.parametrize("shape", [(3,), (4, 3), (4, 3, 2), (2, 3, 5, 4)])
def test_rows_and_back(shape):
    x = np.arange(np.prod(shape)).reshape(shape)
    rows = to_rows(x)
    assert rows.shape == (x.size // 3, 3)
    np.testing.assert_array_equal(from_rows(rows, shape), x)
    np.testing.assert_array_equal(rows.sum(axis=1).reshape(item_shape(shape)), x.sum(axis=min(1, len(shape) - 1)))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint32, np.int32, np.int64, np.uint64])
@pytest.mark.parametrize("kind", FAMILY)
def test_targets_of_any_integer_dtype(kind, dtype):
    labels = [2, 0, 1, 1]
    loss, reference = kind(), kind()
    assert loss.forward(X, np.array(labels, dtype)) == reference.forward(X, labels)
    np.testing.assert_array_equal(loss.backward(), reference.backward())


@pytest.mark.parametrize("kind", FAMILY)
def test_gradient_has_the_dtype_of_the_prediction(kind):
    loss = kind(weight=np.array([1.0, 2.0, 3.0]))
    assert isinstance(loss.forward(X.astype(np.float32), np.array([0, 1, 2, 0])), float)
    assert loss.backward().dtype == np.float32
    assert loss.hvp(X).dtype == np.float32


@pytest.mark.parametrize("kind", FAMILY)
def test_a_class_out_of_range_is_named(kind):
    with pytest.raises(ValueRangeError, match=r"expected classes from 0 to 2 in target, since the prediction has 3 of "
                                              r"them, got 3 at \(2,\)"):
        kind().forward(X, np.array([0, 1, 3, -5]))
    with pytest.raises(ValueRangeError, match=r"got -1 at \(1, 0\)"):
        kind().forward(np.zeros((2, 3, 2)), np.array([[0, 1], [-1, 1]]))


def test_the_first_bad_class_is_counted_with_the_ignored_ones():
    with pytest.raises(ValueRangeError, match=r"got 9 at \(3,\)"):
        NLLLoss(ignore_index=-1).forward(X, np.array([-1, -1, 2, 9]))


@pytest.mark.parametrize("kind", FAMILY)
def test_wrong_targets(kind):
    with pytest.raises(ShapeError, match=r"expected target of shape \(4,\) for a prediction of shape \(4, 3\), got"):
        kind().forward(X, np.zeros((4, 1), int))
    with pytest.raises(ShapeError, match=r"target\.argmax\(axis=1\)"):
        kind().forward(X, np.eye(4, 3, dtype=int))
    with pytest.raises(DtypeError, match=r"expected target as integers, .* got float64"):
        kind().forward(X, np.zeros(4))
    with pytest.raises(DtypeError, match="got bool"):
        kind().forward(X, np.zeros(4, bool))


@pytest.mark.parametrize("kind", FAMILY)
def test_wrong_predictions_and_weights(kind):
    with pytest.raises(ShapeError, match=r"expected prediction of shape \(C,\), \(N, C\)"):
        kind().forward(np.zeros(()), np.array(0))
    with pytest.raises(DtypeError):
        kind().forward(np.zeros((4, 3), int), np.zeros(4, int))
    with pytest.raises(ShapeError, match=r"expected weight of shape \(3,\), got \(4,\)"):
        kind(weight=np.ones(4)).forward(X, np.zeros(4, int))


@pytest.mark.parametrize("kind", FAMILY)
def test_the_weight_is_a_buffer(kind):
    assert kind().state_dict() == {}
    loss = kind(weight=[1, 2, 3])
    assert loss.state_dict()["weight"].tolist() == [1, 2, 3]
    assert loss.astype(np.float64).weight.data.dtype == np.float64


@pytest.mark.parametrize("kind", FAMILY)
def test_what_the_caller_does_with_the_arguments_later_does_no_harm(kind):
    target = np.array([0, 1, 2, 0])
    loss = kind()
    loss.forward(X, target)
    grad = loss.backward()
    target[...] = 1
    np.testing.assert_array_equal(loss.backward(), grad)


def test_an_empty_batch():
    assert CrossEntropyLoss(reduction="sum").forward(X[:0], np.zeros(0, int)) == 0


def test_what_a_subclass_must_write():
    for method, arguments in (("row_terms", 2), ("row_backward", 3), ("row_hvp", 4)):
        with pytest.raises(NotImplementedError, match=f"ClassLoss.{method}"):
            getattr(ClassLoss(), method)(*[None] * arguments)
