"""Every linear step goes back by its adjoint: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, at options drawn at random.

Which layers are linear is found by trying all of the contract table, which holds every exported layer; so a new one is
held to this without an entry here, and reminds its author to draw its options below.
"""

import numpy as np
import pytest
import scipy

from chainrule import layers
from chainrule.layers import Layer, LinearMap
from chainrule.layers.core import NonFiniteError, ValueRangeError, flatten
from chainrule.testing.stored_values import StoredValues
from chainrule.testing.trial import draw, is_float, rebuilt

from ..contract.examples import LAYERS
from .linear_options import OPTIONS, pixel_shuffle, some, unfold

TOLERANCE = 1e-10


def inner(a, b):
    return float(np.sum(a * b))


def adjoint_errors(layer, *x, seed=0):
    """Return, for every input in which a layer is affine, by how much ⟨A v, g⟩ and ⟨v, Aᵀ g⟩ differ."""
    rng = np.random.default_rng(seed)
    layer = layer.astype(np.float64).eval()
    if scipy.sparse.issparse(x[0]):
        layer = StoredValues(layer, x[0])
        x = (layer.values,)
    x = draw(x, rng)
    leaves, errors = flatten(x), {}

    def outputs(index, value):
        moved = [value if place == index else leaf for place, leaf in enumerate(leaves)]
        return [np.array(y) for y in flatten(layer.forward(*rebuilt(x, moved)))]

    for index in [index for index, leaf in enumerate(leaves) if is_float(leaf)]:
        u, v = rng.standard_normal((2, *leaves[index].shape))
        try:
            zero, at_u, at_both = (outputs(index, value) for value in (np.zeros_like(u), u, 3 * u - 2 * v))
            at_v = outputs(index, v)                        # last, so that the cache is that of v
        except (NonFiniteError, ValueRangeError):           # a matrix that is not positive definite, say
            continue
        affine = all(np.allclose(both - y0, 3 * (yu - y0) - 2 * (yv - y0), atol=1e-9)
                     for y0, yu, yv, both in zip(zero, at_u, at_v, at_both, strict=True))
        if affine:
            grad_out = [np.asarray(rng.standard_normal(y.shape)) for y in at_v]
            back = layer.backward(grad_out[0] if len(grad_out) == 1 else tuple(grad_out))
            grad = back[index] if isinstance(back, tuple) else back
            ahead = sum(inner(yv - y0, g) for y0, yv, g in zip(zero, at_v, grad_out, strict=True))
            errors[index] = abs(ahead - inner(v, 0.0 if grad is None else grad)) / max(1.0, abs(ahead))
    return errors


def arguments(case):
    """Return the inputs of a row of the contract table, one after another."""
    several = isinstance(case.x, tuple) and not all(isinstance(size, int) for size in case.x)
    return case.x if several else (case.x,)


@pytest.fixture(scope="module")
def linear():
    """Return the errors of all examples in the contract table that are affine in some input."""
    with np.errstate(all="ignore"):             # a logarithm, say, meets zeros here
        found = {name: adjoint_errors(case.make(), *arguments(case)) for name, case in LAYERS.items()}
    return {name: errors for name, errors in found.items() if errors}


def test_every_layer_that_is_linear_in_an_input_goes_back_by_its_adjoint(linear):
    assert {name: errors for name, errors in linear.items() if max(errors.values()) > TOLERANCE} == {}
    assert len({name.split(":")[0] for name in linear}) >= 70


def test_what_calls_itself_linear_is(linear):
    maps = {name for name in layers.__all__ if isinstance(getattr(layers, name), type)
            and issubclass(getattr(layers, name), LinearMap) and getattr(layers, name) is not LinearMap}
    assert maps <= {name.split(":")[0] for name in linear}


def test_options_are_drawn_for_all_of_them(linear):
    names = {name.split(":")[0] for name in linear}
    assert set(OPTIONS) == {name for name in names if getattr(layers, name).locally_linear} | {"Bilinear", "MatMul"}


@pytest.mark.parametrize("name", OPTIONS)
def test_at_random_options(name):
    for seed in range(12):
        layer, *x = OPTIONS[name](np.random.default_rng([seed, len(name)]))
        assert isinstance(layer, Layer) and type(layer).__name__ == name
        errors = adjoint_errors(layer, *x, seed=seed)
        assert errors and max(errors.values()) <= TOLERANCE, f"{layer.title}, seed {seed}: {errors}"


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_convolution_and_transposed_convolution_are_a_pair(axes, seed):
    """Not one backward pass is needed: the transposed convolution runs forward with the same weight."""
    rng = np.random.default_rng([seed, axes])
    groups, kernel, stride = some(rng, 1, 3), some(rng, 1, 3, axes), some(rng, 1, 3, axes)
    dilation, padding = some(rng, 1, 2, axes), some(rng, 0, 1, axes)
    there = getattr(layers, f"Conv{axes}d")(groups * 2, groups, kernel, stride, padding, dilation, groups, bias=False)
    x = rng.standard_normal((2, 2 * groups, *some(rng, 6, 9, axes)))
    (y_shape,) = there.describe(x.shape).y_shapes
    left = tuple((size + 2 * p - d * (k - 1) - 1) % s for size, p, d, k, s in
                 zip(x.shape[2:], padding, dilation, kernel, stride, strict=True))
    back = getattr(layers, f"ConvTranspose{axes}d")(groups, groups * 2, kernel, stride, padding, left, groups, False,
                                                    dilation).astype(np.float64)
    there.astype(np.float64)
    back.weight.data = there.weight.data
    y = rng.standard_normal(y_shape)
    ahead = inner(there.forward(x), y)
    assert abs(ahead - inner(x, back.forward(y))) <= TOLERANCE * max(1, abs(ahead))


@pytest.mark.parametrize("seed", range(6))
def test_unfold_and_fold_and_the_two_pixel_shuffles_are_pairs(seed):
    rng = np.random.default_rng(seed)
    there, shape = unfold(rng)
    back = layers.Fold(shape[2:], there.kernel_size, there.dilation, there.padding, there.stride)
    shuffle, small = pixel_shuffle(rng)
    for one, other, x_shape in ((there, back, shape),
                                (shuffle, layers.PixelUnshuffle(shuffle.upscale_factor), small)):
        x = rng.standard_normal(x_shape)
        y = rng.standard_normal(one.describe(x_shape).y_shapes[0])
        ahead = inner(one.forward(x), y)
        assert abs(ahead - inner(x, other.forward(y))) <= TOLERANCE * max(1, abs(ahead))


def test_a_wrong_adjoint_is_found():
    class Halved(layers.AvgPool2d):
        def adjoint(self, grad_out, x_shape):
            return super().adjoint(grad_out, x_shape) * (1 + 1e-8)

    assert adjoint_errors(Halved(2), (2, 3, 4, 6))[0] > TOLERANCE
