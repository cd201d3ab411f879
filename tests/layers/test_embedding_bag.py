"""Bags of embeddings against PyTorch in every mode."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Embedding, EmbeddingBag
from chainrule.layers.core import ShapeError, ValueRangeError, cache_bytes


@settings(max_examples=120, deadline=None, derandomize=True)
@given(data=st.data(), mode=st.sampled_from(["sum", "mean", "max"]), flat=st.booleans(), last=st.booleans(),
       weighted=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_torch(data, mode, flat, last, weighted, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    count, width = data.draw(st.integers(2, 7)), data.draw(st.integers(1, 4))
    options = {"mode": mode, "padding_idx": data.draw(st.none() | st.integers(0, count - 1)),
               "max_norm": data.draw(st.none() | st.floats(0.5, 2)),
               "include_last_offset": flat and last}
    if flat:
        indices = rng.integers(0, count, data.draw(st.integers(1, 9)))
        cuts = sorted(data.draw(st.lists(st.integers(0, indices.size), max_size=3)))
        offsets = np.array([0, *cuts, *([indices.size] if last else [])])
    else:
        indices, offsets = rng.integers(0, count, (data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)))), None
    samples = rng.normal(size=indices.shape) if weighted and mode == "sum" else None
    ours, theirs = EmbeddingBag(count, width, **options).astype(np.float64), \
        torch.nn.EmbeddingBag(count, width, **options).double()
    ours.load_state_dict(theirs.state_dict())
    tensor = None if samples is None else torch.tensor(samples, requires_grad=True)
    expected = theirs(torch.tensor(indices), None if offsets is None else torch.tensor(offsets), tensor)
    y = ours.forward(indices, offsets, samples)
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    grads = ours.backward(grad_out)
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(ours.weight.grad, theirs.weight.grad, rtol=1e-10, atol=1e-12)
    if samples is not None:
        np.testing.assert_allclose(grads[2], tensor.grad, rtol=1e-10, atol=1e-12)
    described = ours.describe(indices.shape, *(() if offsets is None else (offsets.shape,)))
    assert described.y_shapes == (y.shape,) and described.cache_bytes(np.float64) == cache_bytes(ours.cache)


@pytest.mark.parametrize("mode", ["sum", "mean"])
def test_scaling_by_frequency_agrees_with_embedding(mode):
    """PyTorch 2.13 scales by the frequency of another row here, so the oracle is Embedding, which agrees with it."""
    bag, rows = (kind(5, 3, scale_grad_by_freq=True, padding_idx=2, **options).astype(np.float64)
                 for kind, options in ((EmbeddingBag, {"mode": mode}), (Embedding, {})))
    indices = np.array([[0, 1, 1], [1, 4, 2]])
    grad_out = np.random.default_rng(0).normal(size=(2, 3))
    bag.forward(indices)
    bag.backward(grad_out)
    rows.forward(indices)
    sizes = np.array([3, 2] if mode == "mean" else [1, 1])
    rows.backward(np.repeat((grad_out / sizes[:, None])[:, None], 3, axis=1))
    np.testing.assert_allclose(bag.weight.grad, rows.weight.grad, rtol=1e-12)


@pytest.mark.parametrize(("arguments", "error", "shown"), [
    ((np.array([1, 2]),), ShapeError, r"indices of shape \(N, L\) alone or \(L,\) with offsets, got \(2,\) without"),
    ((np.array([1, 2]), np.array([1])), ValueRangeError, "offsets that begin with 0 and never fall"),
    ((np.array([1, 2]), np.array([0, 2, 1])), ValueRangeError, "never fall"),
    ((np.array([[1, 2]]), None, np.ones((1, 2))), ValueRangeError, "per_sample_weights only with mode='sum'"),
])
def test_what_is_no_bag_is_refused(arguments, error, shown):
    with pytest.raises(error, match=shown):
        EmbeddingBag(5, 3).forward(*arguments)


def test_the_first_of_equal_rows_wins_and_empty_bags_are_zero():
    torch = pytest.importorskip("torch")
    bag = EmbeddingBag(6, 2, mode="max", padding_idx=3)
    bag.weight.data = [[1, 5], [1, 2], [0, 5], [9, 9], [1, 5], [-1, -2]]
    indices, offsets = np.array([1, 0, 4, 3, 3, 2, 5, 3]), np.array([0, 0, 3, 4, 6, 8, 8])
    theirs = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(bag.weight.data), mode="max", padding_idx=3,
                                                   freeze=False)
    expected = theirs(torch.tensor(indices), torch.tensor(offsets))
    y, grad_out = bag.forward(indices, offsets), np.arange(1, 15, dtype=np.float32).reshape(7, 2)
    np.testing.assert_array_equal(y, expected.detach())
    bag.backward(grad_out)
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_array_equal(bag.weight.grad, theirs.weight.grad)


def calls(function, *arguments):
    """Return how many functions a function calls."""
    events = []
    sys.setprofile(lambda frame, event, argument: events.append(event))
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return events.count("call") + events.count("c_call")


def test_the_largest_of_many_bags_at_once():
    """Against a loop; and 20,000 bags take no more calls than one."""
    rng = np.random.default_rng(0)
    bag = EmbeddingBag(50, 4, mode="max")
    indices, offsets = rng.integers(0, 50, 60_000), np.sort(np.append(0, rng.integers(0, 60_000, 19_999)))
    assert calls(bag.forward, indices, offsets) == calls(bag.forward, indices, offsets[:1])
    y = bag.forward(indices, offsets)
    ends = np.append(offsets[1:], indices.size)
    for number in range(0, 20_000, 97):
        rows = bag.weight.data[indices[offsets[number]:ends[number]]]
        np.testing.assert_array_equal(y[number], rows.max(axis=0) if len(rows) else np.zeros(4))
