"""Multi-head attention against PyTorch over all options and kinds of masks, against slow loops, and in the battery."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.attention import MultiheadAttention
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError, cache_bytes
from chainrule.testing import check_layer


def drawn_masks(rng, kind, batch, heads, length, source, *, padding, axes):
    """Return a padding mask and an attention mask (0: none, 2 or 3 axes) that let every query look somewhere."""
    def mask(*shape):
        values = rng.random(shape) < 0.3 if kind == "boolean" else rng.normal(size=shape)
        values[..., 0] = False if kind == "boolean" else 0.0
        return values
    shapes = {0: None, 2: (length, source), 3: ((batch or 1) * heads, length, source)}
    padding_shape = (source,) if batch is None else (batch, source)
    return mask(*padding_shape) if padding else None, None if shapes[axes] is None else mask(*shapes[axes])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), heads=st.integers(1, 3), lengths=st.tuples(*[st.integers(1, 5)] * 2),
       dims=st.sampled_from([(None, None), (5, None), (None, 7), (5, 7)]), bias=st.booleans(), bias_kv=st.booleans(),
       zero=st.booleans(), batch_first=st.booleans(), padding=st.booleans(), mask_axes=st.sampled_from([0, 2, 3]),
       kind=st.sampled_from(["boolean", "numbers"]), need_weights=st.booleans(), average=st.booleans(),
       training=st.booleans())
def test_agrees_with_torch(batch, heads, lengths, dims, bias, bias_kv, zero, batch_first, padding, mask_axes, kind,
                           need_weights, average, training):
    torch = pytest.importorskip("torch")
    rng, width, (length, source) = np.random.default_rng(0), 2 * heads, lengths
    options = {"bias": bias, "add_bias_kv": bias_kv, "add_zero_attn": zero, "kdim": dims[0], "vdim": dims[1],
               "batch_first": batch_first}
    theirs = torch.nn.MultiheadAttention(width, heads, **options).double().train(training)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    ours = MultiheadAttention(width, heads, **options).astype(np.float64).train(training)
    ours.load_state_dict(theirs.state_dict())
    assert list(ours.state_dict()) == list(theirs.state_dict())

    def sized(rows, features):
        return rng.normal(size=(rows, features) if batch is None else
                          (batch, rows, features) if batch_first else (rows, batch, features))
    x = (sized(length, width), sized(source, dims[0] or width), sized(source, dims[1] or width))
    key_padding_mask, attn_mask = drawn_masks(rng, kind, batch, heads, length, source, padding=padding, axes=mask_axes)
    masks = {"key_padding_mask": key_padding_mask, "attn_mask": attn_mask}
    tensors = [torch.tensor(each, requires_grad=True) for each in x]
    results = ours.forward(*x, need_weights=need_weights, average_attn_weights=average, **masks)
    expected = theirs(*tensors, need_weights=need_weights, average_attn_weights=average,
                      **{name: None if each is None else torch.tensor(each) for name, each in masks.items()})
    assert (results[1] is None) == (expected[1] is None) == (not need_weights)
    grads_out, outputs = [], []
    for result, wanted in zip(results, expected, strict=True):
        if result is None:
            grads_out.append(None)
            continue
        np.testing.assert_allclose(result, wanted.detach(), rtol=1e-10, atol=1e-10)
        grads_out.append(rng.normal(size=result.shape))
        outputs.append((wanted, torch.tensor(grads_out[-1])))
    torch.autograd.backward(*zip(*outputs, strict=True))
    for grad, tensor in zip(ours.backward(tuple(grads_out)), tensors, strict=True):
        np.testing.assert_allclose(grad, tensor.grad, rtol=1e-10, atol=1e-10)
    parameters = dict(theirs.named_parameters())
    assert [name for name, _ in ours.named_parameters()] == list(parameters)
    for name, parameter in ours.named_parameters():
        np.testing.assert_allclose(parameter.grad, parameters[name].grad, rtol=1e-10, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("dims", [(None, None), (12, 6)])
def test_initial_values_are_distributed_as_in_torch(dims):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    ours = MultiheadAttention(64, 4, add_bias_kv=True, kdim=dims[0], vdim=dims[1]).state_dict()
    theirs = torch.nn.MultiheadAttention(64, 4, add_bias_kv=True, kdim=dims[0], vdim=dims[1]).state_dict()
    for name, value in theirs.items():
        assert ours[name].shape == tuple(value.shape)
        assert ours[name].std() == pytest.approx(float(value.std()), rel=0.4 if "bias_" in name else 0.1), name
        if name.endswith("weight"):
            assert abs(ours[name]).max() == pytest.approx(float(value.abs().max()), rel=0.05)


@pytest.mark.parametrize("masked", [False, True])
def test_agrees_with_slow_loops(masked):
    rng = np.random.default_rng(0)
    layer = MultiheadAttention(6, 3, dropout=0.4, batch_first=True, rng=rng).astype(np.float64)
    for parameter in layer.parameters():
        parameter.data = rng.normal(size=parameter.shape)
    x, other = rng.normal(size=(2, 4, 6)), rng.normal(size=(2, 5, 6))
    mask = rng.random((4, 5)) < 0.3 if masked else np.zeros((4, 5), bool)
    y, weights = layer.forward(x, other, other, attn_mask=mask, average_attn_weights=False)
    kept = layer.cache.attended.rules.kept
    (wq, wk, wv), (bq, bk, bv) = np.split(layer.in_proj_weight.data, 3), np.split(layer.in_proj_bias.data, 3)
    for n in range(2):
        for i in range(4):
            heads = []
            for h, rows in enumerate((slice(0, 2), slice(2, 4), slice(4, 6))):
                q = wq[rows] @ x[n, i] + bq[rows]
                scores = [np.exp(q @ (wk[rows] @ other[n, j] + bk[rows]) / np.sqrt(2)) * (not mask[i, j])
                          for j in range(5)]
                dropped = [score / sum(scores) * kept[n, h, i, j] / 0.6 for j, score in enumerate(scores)]
                np.testing.assert_allclose(weights[n, h, i], dropped, rtol=1e-12)
                heads.append(sum(w * (wv[rows] @ other[n, j] + bv[rows]) for j, w in enumerate(dropped)))
            expected = layer.out_proj.weight.data @ np.concatenate(heads) + layer.out_proj.bias.data
            np.testing.assert_allclose(y[n, i], expected, rtol=1e-10)


@pytest.mark.parametrize("options", [{}, {"add_bias_kv": True, "add_zero_attn": True}])
def test_is_causal_alone_hides_the_future(options):
    rng = np.random.default_rng(0)
    layer = MultiheadAttention(6, 3, batch_first=True, **options).astype(np.float64)
    x = rng.normal(size=(2, 5, 6))
    y, _ = layer.forward(x, x, x, is_causal=True)
    same, _ = layer.forward(x, x, x, attn_mask=~np.tri(5, dtype=bool))
    np.testing.assert_allclose(y, same, rtol=1e-12, atol=1e-12)
    for place in range(1, 5):
        later = x.copy()
        later[:, place:] = rng.normal(size=later[:, place:].shape)
        moved, _ = layer.forward(later, later, later, is_causal=True)
        np.testing.assert_array_equal(moved[:, :place], y[:, :place])
        grad_out = np.zeros_like(y)
        grad_out[:, :place] = rng.normal(size=grad_out[:, :place].shape)
        grads = layer.backward((grad_out, None))
        assert not any(grad[:, place:].any() for grad in grads)
        assert grads[2][:, :place].any()


def test_a_query_that_may_look_nowhere_gets_the_bias_alone():
    layer = MultiheadAttention(6, 3)
    x = np.ones((4, 2, 6), np.float32)
    y, weights = layer.forward(x, x, x, key_padding_mask=np.array([[True] * 4, [False] * 4]))
    assert not weights[0].any() and weights[1].any()
    np.testing.assert_array_equal(y[:, 0], np.broadcast_to(layer.out_proj.bias.data, (4, 6)))
    assert all(np.isfinite(grad).all() for grad in layer.backward((np.ones_like(y), np.ones_like(weights))))


def test_gradients_of_one_output_alone_and_of_masks():
    rng = np.random.default_rng(0)
    layer = MultiheadAttention(6, 3).astype(np.float64)
    x, mask = rng.normal(size=(4, 2, 6)), np.zeros((4, 4), bool)
    y, weights = layer.forward(x, x, x, None, True, mask)
    grad_y, grad_weights = rng.normal(size=y.shape), rng.normal(size=weights.shape)
    both, only_y, only_weights = (layer.backward(pair) for pair in (
        (grad_y, grad_weights), (grad_y, None), (None, grad_weights)))
    assert [grad is None for grad in both] == [False] * 3 + [True] * 3
    assert not only_weights[2].any()
    for whole, one, other in zip(both[:3], only_y[:3], only_weights[:3], strict=True):
        np.testing.assert_allclose(whole, one + other, rtol=1e-10, atol=1e-12)
    for mine, again in zip(layer.backward(grad_y)[:3], only_y[:3], strict=True):
        np.testing.assert_array_equal(mine, again)


@pytest.mark.parametrize(("options", "shapes", "batch_axis"), [
    ({}, ((4, 2, 6), (5, 2, 6), (5, 2, 6)), 1),
    ({"batch_first": True, "kdim": 5, "vdim": 4, "dropout": 0.3}, ((2, 4, 6), (2, 5, 5), (2, 5, 4)), 0),
    ({"bias": False, "add_bias_kv": True}, ((4, 6), (5, 6), (5, 6)), None),
])
def test_passes_the_battery(options, shapes, batch_axis):
    assert check_layer(MultiheadAttention(6, 3, **options), *shapes, batch_axis=batch_axis).problems == []


@pytest.mark.parametrize("given", [(), ((2, 5),), ((), (), (4, 5)), ((2, 5), (), (4, 5)), ((2, 5), (), (6, 4, 5))])
@pytest.mark.parametrize("options", [{}, {"add_zero_attn": True}])
def test_describe_counts_masks_too(given, options):
    layer, shapes = MultiheadAttention(6, 3, **options), ((4, 2, 6), (5, 2, 6), (5, 2, 6))
    masks = [np.zeros(shape, bool) if shape else [None, True][place] for place, shape in enumerate(given)]
    y = layer.forward(*(np.ones(shape, np.float32) for shape in shapes), *masks)
    told = layer.describe(*shapes, *given)
    assert told.y_shapes == tuple(each.shape for each in y)
    assert told.cache_bytes() == cache_bytes(layer.cache)


X = np.ones((4, 2, 6))


@pytest.mark.parametrize(("x", "named", "error", "shown"), [
    ((np.ones((4, 2, 5)), X, X), {}, ShapeError, r"expected query of shape \(L, N, 6\), got \(4, 2, 5\)"),
    ((X, np.ones((4, 3, 6)), X), {}, ShapeError, r"expected key of shape \(S, 2, 6\), got \(4, 3, 6\)"),
    ((X, X, np.ones((5, 2, 6))), {}, ShapeError, r"expected value of shape \(4, 2, 6\), got \(5, 2, 6\)"),
    ((X, X, X), {"key_padding_mask": np.zeros((4, 2), bool)}, ShapeError, r"key_padding_mask of shape \(2, 4\)"),
    ((X, X, X), {"attn_mask": np.zeros((2, 4, 4))}, ShapeError, r"attn_mask of shape \(4, 4\) or \(6, 4, 4\)"),
    ((X, X, X), {"attn_mask": np.zeros((4, 4), int)}, DtypeError, "truth values or floating-point"),
    ((X[0], X[0], X), {}, ShapeError, r"expected value of shape \(2, 6\)"),
])
def test_what_does_not_fit_is_refused(x, named, error, shown):
    with pytest.raises(error, match=shown):
        MultiheadAttention(6, 3).forward(*x, **named)


@pytest.mark.parametrize(("arguments", "shown"), [
    ((6, 4), "expected embed_dim as a multiple of num_heads, got 6 and 4"),
    ((6, 0), "expected num_heads as a whole number of at least 1"),
    ((6, 3, 1.5), r"expected dropout in \[0, 1\]"),
])
def test_constructor_arguments_are_checked(arguments, shown):
    with pytest.raises(ValueRangeError, match=shown):
        MultiheadAttention(*arguments)


@pytest.mark.parametrize("average", [True, False])
def test_no_sequences_at_all(average):
    layer, x = MultiheadAttention(6, 3), np.zeros((4, 0, 6), np.float32)
    y, weights = layer.forward(x, x[:2], x[:2], attn_mask=np.zeros((0, 4, 2), bool), average_attn_weights=average)
    assert y.shape == x.shape and weights.shape == ((0, 4, 2) if average else (0, 3, 4, 2))
    assert [grad.shape for grad in layer.backward((y, weights))] == [(4, 0, 6), (2, 0, 6), (2, 0, 6)]


def test_gradients_of_weights_must_have_their_shape():
    layer = MultiheadAttention(6, 3)
    layer.forward(X, X, X)
    with pytest.raises(ShapeError, match=r"expected grad_weights of shape \(2, 4, 4\), got \(4, 4\)"):
        layer.backward((None, np.ones((4, 4))))


@pytest.mark.parametrize("shape", [(5, 8), (5, 3, 8)])
def test_one_array_for_all_three_gives_the_same_as_three_copies(shape):
    rng = np.random.default_rng(0)
    x, grad_y = rng.normal(size=(2, *shape))
    results = []
    for copied in (False, True):
        layer = MultiheadAttention(8, 2, rng=np.random.default_rng(1)).astype(np.float64)
        layer.forward(x, x.copy() if copied else x, x.copy() if copied else x, is_causal=True,
                      attn_mask=np.triu(np.ones((5, 5), bool), 1))
        grads = layer.backward((grad_y, None))
        results.append((*grads, *(parameter.grad for parameter in layer.parameters())))
    for packed, apart in zip(*results, strict=True):
        np.testing.assert_allclose(packed, apart, rtol=1e-12, atol=1e-14)
