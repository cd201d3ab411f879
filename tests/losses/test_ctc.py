"""CTCLoss against PyTorch, and against the sum over all alignments, one by one."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import LogSoftmax
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.losses import CTCLoss
from chainrule.testing import check_loss

REDUCTIONS = st.sampled_from(["mean", "sum", "none"])


def alignments(labels, frames, classes, blank):
    """Yield every sequence of symbols that reads as ``labels``."""
    for path in itertools.product(range(classes), repeat=frames):
        if [symbol for symbol, _ in itertools.groupby(path) if symbol != blank] == list(labels):
            yield path


@settings(max_examples=40, deadline=None, derandomize=True)
@given(frames=st.integers(1, 5), classes=st.integers(2, 3), data=st.data())
def test_all_alignments_one_by_one(frames, classes, data):
    blank = data.draw(st.integers(0, classes - 1))
    labels = data.draw(st.lists(st.sampled_from([c for c in range(classes) if c != blank]), max_size=3))
    log_probs = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=(frames, classes))
    probability, visits = 0.0, np.zeros((frames, classes))
    for path in alignments(labels, frames, classes, blank):
        weight = math.exp(sum(log_probs[frame, symbol] for frame, symbol in enumerate(path)))
        probability += weight
        visits[range(frames), path] += weight
    loss = CTCLoss(blank, "sum", zero_infinity=True)
    value = loss.forward(log_probs, np.array(labels, int), frames, len(labels))
    np.testing.assert_allclose(value, -math.log(probability) if probability else 0, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(loss.backward(), -visits / (probability or 1), rtol=1e-11, atol=1e-14)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(frames=st.integers(1, 9), items=st.integers(1, 4), classes=st.integers(2, 6), longest=st.integers(0, 4),
       layout=st.sampled_from(["padded", "in a row", "unbatched"]), zero_infinity=st.booleans(), reduction=REDUCTIONS,
       data=st.data())
def test_numbers_of_torch(frames, items, classes, longest, layout, zero_infinity, reduction, data):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    blank = data.draw(st.integers(0, classes - 1))
    items = 1 if layout == "unbatched" else items
    lengths = rng.integers(0, longest + 1, items)
    input_lengths = rng.integers(0, frames + 1, items)
    labels = rng.choice([c for c in range(classes) if c != blank], size=(items, longest))
    if layout == "padded":
        labels[np.arange(longest) >= lengths[:, None]] = -7                     # what lies behind does not matter
        targets = labels
    else:
        targets = np.concatenate([row[:length] for row, length in zip(labels, lengths, strict=True)])
    scores = rng.normal(size=(frames, classes) if layout == "unbatched" else (frames, items, classes)) * 2
    options = {"blank": blank, "reduction": reduction, "zero_infinity": zero_infinity}
    x = torch.tensor(scores, requires_grad=True)
    expected = torch.nn.CTCLoss(**options)(x.log_softmax(-1), torch.tensor(targets), torch.tensor(input_lengths),
                                           torch.tensor(lengths))
    upstream = rng.standard_normal(expected.shape)
    expected.backward(torch.tensor(upstream))
    log_softmax, loss = LogSoftmax(), CTCLoss(**options)
    value = loss.forward(log_softmax.forward(scores), targets, input_lengths, lengths)
    np.testing.assert_allclose(value, expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    assert isinstance(value, np.ndarray if reduction == "none" else float)
    grad = log_softmax.backward(loss.backward(upstream if reduction == "none" else float(upstream)))
    np.testing.assert_allclose(grad, x.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("prediction", "target"), [
    ((7, 2, 4), (np.array([[1, 2, 2], [3, 1, 0]]), np.array([7, 5]), np.array([3, 2]))),
    ((6, 3, 3), (np.array([1, 1, 2, 2]), np.array([4, 6, 1]), np.array([2, 2, 0]))),
    ((5, 4), (np.array([3, 3]), 5, 2)),
])
def test_contract(prediction, target):
    assert check_loss(CTCLoss(), prediction, target, batch_axis=None, entries=24).problems == []


TWO = np.array([[1, 1], [1, 2]]), np.array([2, 2]), np.array([2, 2])        # a repetition needs a blank in between


def test_a_target_without_alignment_costs_infinity():
    log_probs, loss = np.log(np.full((2, 2, 3), 1 / 3)), CTCLoss(reduction="none")
    np.testing.assert_allclose(loss.forward(log_probs, *TWO), [math.inf, math.log(9)])
    grad = loss.backward(np.ones(2))
    assert np.isnan(grad[:, 0]).any()
    np.testing.assert_allclose(grad[:, 1], [[0, -1, 0], [0, 0, -1]], atol=1e-14)
    assert CTCLoss().forward(log_probs, *TWO) == math.inf


def test_zero_infinity_leaves_it_out():
    log_probs, loss = np.log(np.full((2, 2, 3), 1 / 3)), CTCLoss(zero_infinity=True)
    assert loss.forward(log_probs, *TWO) == pytest.approx(math.log(9) / 2 / 2)     # by length, then by items
    grad = loss.backward()
    assert not grad[:, 0].any()
    assert not loss.hvp(log_probs)[:, 0].any()
    np.testing.assert_allclose(grad[:, 1], [[0, -0.25, 0], [0, 0, -0.25]], atol=1e-14)


def test_an_impossible_class_has_no_gradient():
    log_probs = np.full((3, 1, 3), -math.inf)
    log_probs[:, :, :2] = math.log(0.5)
    loss = CTCLoss(reduction="sum")
    assert loss.forward(log_probs, np.array([[1]]), (3,), (1,)) == pytest.approx(-math.log(6 / 8))
    grad = loss.backward()
    assert np.isfinite(grad).all()
    assert not grad[:, :, 2].any()
    np.testing.assert_allclose(grad.sum(axis=2), -1)                            # every frame emits something


def test_padding_frames_and_labels_do_not_matter():
    rng = np.random.default_rng(0)
    log_probs, loss = rng.normal(size=(6, 1, 4)), CTCLoss()
    short = loss.forward(log_probs[:4], np.array([[2, 3]]), (4,), (2,))
    grad = loss.backward()
    assert loss.forward(log_probs, np.array([[2, 3, 1, 9]]), (4,), (2,)) == pytest.approx(short, rel=1e-14)
    np.testing.assert_allclose(loss.backward()[:4], grad, rtol=1e-12)
    assert not loss.backward()[4:].any()


def test_long_sequences_neither_underflow_nor_lose_precision():
    loss = CTCLoss(reduction="sum")
    value = loss.forward(np.full((1000, 1, 2), math.log(0.5)), np.ones((1, 1), int), (1000,), (1,))
    assert value == pytest.approx(1000 * math.log(2) - math.log(500500), rel=1e-12)      # first and last of a run
    np.testing.assert_allclose(loss.backward().sum(axis=2), -1, rtol=1e-9)


LOG_PROBS = np.zeros((4, 2, 3))
LABELS = np.array([[1, 2], [2, 1]])


@pytest.mark.parametrize(("arguments", "error", "shown"), [
    ((LOG_PROBS[0, 0], LABELS, (4, 4), (2, 2)), ShapeError, r"expected log_probs of shape \(T, N, C\), got \(3,\)"),
    ((LOG_PROBS[:0], LABELS, (4, 4), (2, 2)), ShapeError, r"expected log_probs with frames, items and classes, got"),
    ((LOG_PROBS, LABELS / 1, (4, 4), (2, 2)), DtypeError, "expected targets as integers, got float64"),
    ((LOG_PROBS, LABELS[:1], (4, 4), (2, 2)), ShapeError, r"expected targets of shape \(2, S\) or \(sum of target_le"),
    ((LOG_PROBS, LABELS[0], (4, 4), (2, 1)), ShapeError, "as many targets in a row as target_lengths add up to, 3"),
    ((LOG_PROBS, LABELS, (4,), (2, 2)), ShapeError, "expected input_lengths as 2 numbers, one for each item, got 1"),
    ((LOG_PROBS, LABELS, (4, 5), (2, 2)), ValueRangeError, r"expected input_lengths from 0 to 4, got \[4, 5\]"),
    ((LOG_PROBS, LABELS, (4, 4), (2, 3)), ValueRangeError, r"expected target_lengths from 0 to 2, got \[2, 3\]"),
    ((LOG_PROBS, LABELS, (4, 4), (2, -1)), ValueRangeError, r"expected target_lengths from 0 to 2, got \[2, -1\]"),
    ((LOG_PROBS, LABELS + 1, (4, 4), (2, 2)), ValueRangeError, "targets from 0 to 2 without the blank 0, got 3"),
    ((LOG_PROBS, LABELS - 1, (4, 4), (2, 2)), ValueRangeError, "targets from 0 to 2 without the blank 0, got 0"),
    ((LOG_PROBS, LABELS), ShapeError, r"expected the target as a tuple \(targets, input_lengths, target_lengths\)"),
])
def test_what_does_not_fit_is_refused(arguments, error, shown):
    with pytest.raises(error, match=shown):
        CTCLoss().forward(*arguments)


def test_the_blank_must_be_a_class():
    with pytest.raises(ValueRangeError, match=r"CTCLoss\(3\) expected blank below 3, the number of classes in log_pr"):
        CTCLoss(blank=3).forward(LOG_PROBS, LABELS, (4, 4), (2, 2))
    with pytest.raises(ValueRangeError, match="CTCLoss expected blank as a whole number of at least 0"):
        CTCLoss(blank=-1)
