"""Values back at their places: against PyTorch, and there and back again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import MaxPool1d, MaxPool2d, MaxUnpool1d, MaxUnpool2d
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError, cache_bytes


@settings(max_examples=100, deadline=None)
@given(axes=st.integers(1, 3), data=st.data())
def test_agrees_with_torch(axes, data):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    kernel = tuple(data.draw(st.integers(2, 4)) for _ in range(axes))
    stride = data.draw(st.sampled_from([None, tuple(data.draw(st.integers(2, 4)) for _ in range(axes))]))
    padding = tuple(data.draw(st.integers(0, 1)) for _ in kernel)
    spatial = tuple(data.draw(st.integers(2, 4)) for _ in kernel)
    usual = [(size - 1) * step + width - 2 * margin
             for size, step, width, margin in zip(spatial, stride or kernel, kernel, padding, strict=True)]
    sizes = tuple(data.draw(st.integers(max(size - step + 1, count), size + step - 1)) if step > 1 else size
                  for size, step, count in zip(usual, stride or kernel, spatial, strict=True))
    lead, chosen = data.draw(st.sampled_from([(2,), (1, 2), (3, 2)])), data.draw(st.booleans())
    room = int(np.prod(sizes if chosen else usual))
    indices = np.array([rng.permutation(room)[:np.prod(spatial)] for _ in range(np.prod(lead))])
    x, indices = rng.normal(size=(*lead, *spatial)), indices.reshape(*lead, *spatial)
    arguments = (kernel, stride, padding) if axes > 1 else (kernel[0], stride and stride[0], padding[0])
    layer, name = getattr(layers, f"MaxUnpool{axes}d")(*arguments), f"MaxUnpool{axes}d"
    tensor = torch.tensor(x, requires_grad=True)
    wanted = (sizes,) if chosen else ()
    y, expected = layer.forward(x, indices, *wanted), getattr(torch.nn, name)(*arguments)(
        tensor, torch.tensor(indices), *wanted)
    np.testing.assert_array_equal(y, expected.detach().numpy())
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    grad_x, nothing = layer.backward(grad_out)
    np.testing.assert_array_equal(grad_x, tensor.grad.numpy())
    assert nothing is None
    description = layer.describe(x.shape, indices.shape, *wanted)
    assert description.y_shapes == (y.shape,)
    assert description.cache_bytes(np.float64) == cache_bytes(layer.cache)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, None, 0), (3, 2, 1), (3, 3, 1), (2, 3, 0)])
def test_there_and_back_again(axes, kernel, stride, padding):
    x = np.random.default_rng(0).uniform(1, 2, (2, 3, *(7, 9, 8)[:axes]))
    pool = getattr(layers, f"MaxPool{axes}d")(kernel, stride, padding, return_indices=True)
    unpool = getattr(layers, f"MaxUnpool{axes}d")(kernel, stride, padding)
    y, indices = pool.forward(x)
    sparse = unpool.forward(y, indices, x.shape)
    assert sparse.shape == x.shape
    np.testing.assert_array_equal(sparse, np.where(sparse == 0, 0, x))      # every value is where it was
    assert set(np.unique(sparse)) - {0} == set(np.unique(y))                # and none is missing
    y_again, indices_again = pool.forward(sparse)
    np.testing.assert_array_equal(y_again, y)
    np.testing.assert_array_equal(indices_again, indices)
    if stride is None or stride >= kernel:                                  # no place twice: adjoint and inverse
        grad = np.random.default_rng(1).normal(size=y.shape)
        np.testing.assert_array_equal(pool.backward((grad, None)), unpool.forward(grad, indices, x.shape))
        np.testing.assert_array_equal(unpool.backward(sparse)[0], y)


def test_of_several_values_for_one_place_the_last_stays_and_has_the_gradient():
    layer = MaxUnpool1d(2)
    y = layer.forward(np.array([[1.0, 2.0, 3.0]]), np.array([[1, 1, 4]]))
    assert y.tolist() == [[0.0, 2.0, 0.0, 0.0, 3.0, 0.0]]
    assert layer.backward(np.arange(6.0)[None])[0].tolist() == [[0.0, 1.0, 4.0]]    # PyTorch: 1, 1, 4


def test_tangents_and_needless_gradients():
    layer, indices = MaxUnpool1d(2), np.array([[3, 1]])
    x = np.array([[1.0, 2.0]], np.float32)
    assert layer.forward(x, indices).dtype == np.float32
    assert layer.jvp(None, None) is None
    assert layer.backward_jvp(np.ones((1, 4)), None)[1] == (None, None)
    assert layer.jvp(x, None).tolist() == [[0.0, 2.0, 0.0, 1.0]]
    layer.needs_input_grad = False
    assert layer.backward(np.ones((1, 4))) == (None, None)


def test_what_it_refuses():
    layer, x = MaxUnpool2d(2), np.zeros((1, 1, 2, 3))
    indices = np.zeros((1, 1, 2, 3), int)
    for size in ((6, 6), (4, 4), (4, 6, 6), (4,)):
        with pytest.raises(ShapeError, match=r"expected output_size less than a stride of \(2, 2\) away from \(4, 6\)"):
            layer.forward(x, indices, size)
        with pytest.raises(ShapeError, match="expected output_size less than a stride"):
            layer.describe(x.shape, indices.shape, size)
    with pytest.raises(ShapeError, match=r"expected indices of shape \(1, 1, 2, 3\), got \(1, 1, 3, 2\)"):
        layer.forward(x, indices.swapaxes(2, 3))
    with pytest.raises(ValueRangeError, match=r"expected indices from 0 to 23, got 24 at \(0, 0, 1, 2\)"):
        layer.forward(x, np.array([[[[0, 1, 2], [3, 4, 24]]]]))
    with pytest.raises(DtypeError, match="expected indices as a NumPy array of whole numbers, got float64"):
        layer.forward(x, x)
    with pytest.raises(ShapeError, match="expected x from which something remains beside the padding"):
        MaxUnpool1d(2, padding=1).forward(np.zeros((1, 1)), np.zeros((1, 1), int))


def test_a_pool_and_its_way_back_in_two_dtypes():
    x = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    for pool, back, chosen in ((MaxPool1d(2, return_indices=True), MaxUnpool1d(2), x),
                              (MaxPool2d(2, return_indices=True), MaxUnpool2d(2), x[None])):
        y = back.forward(*pool.forward(chosen))
        grad_x, _ = back.backward(np.ones(y.shape))
        assert (y.dtype, grad_x.dtype) == (np.float32, np.float32)
