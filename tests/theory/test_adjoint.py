"""Every linear step goes back by its adjoint: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, at options drawn at random.

Which layers are linear is found by trying all of the contract table, which holds every exported layer; so a new one is
held to this without an entry here, and reminds its author to draw its options below.
"""

import numpy as np
import pytest
import scipy

from chainrule import layers
from chainrule.layers import Layer, LinearMap
from chainrule.layers.core import flatten
from chainrule.testing.stored_values import StoredValues
from chainrule.testing.trial import draw, is_float, rebuilt

from ..contract.examples import LAYERS

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
        zero, at_u, at_both = (outputs(index, value) for value in (np.zeros_like(u), u, 3 * u - 2 * v))
        at_v = outputs(index, v)                            # last, so that the cache is that of v
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


# the options, drawn at random: every function returns a layer and its inputs, as shapes or as arrays

def some(rng, low, high, count=None):
    drawn = rng.integers(low, high + 1, count)
    return int(drawn) if count is None else tuple(int(value) for value in drawn)


def image(rng, axes, channels, least=5):
    """Return the shape of an image, with a batch axis or without."""
    return (*some(rng, 1, 3, some(rng, 0, 1)), channels, *some(rng, least, least + 4, axes))


def pad(kind, axes, least=0):
    def drawn(rng):
        value = [1.5] if kind.__name__.startswith("Constant") else []
        return kind(some(rng, least, 3, 2 * axes), *value), image(rng, axes, some(rng, 1, 3))
    return drawn


def conv(kind, axes):
    def drawn(rng):
        groups, mode = some(rng, 1, 3), ["zeros", "reflect", "replicate", "circular"][some(rng, 0, 3)]
        padding = [some(rng, 0, 2, axes), "same", "valid"][some(rng, 0, 2)]
        layer = kind(groups * some(rng, 1, 2), groups * some(rng, 1, 3), some(rng, 1, 3, axes),
                     1 if padding == "same" else some(rng, 1, 3, axes), padding, some(rng, 1, 2, axes), groups,
                     bool(some(rng, 0, 1)), mode)
        return layer, image(rng, axes, layer.in_channels)
    return drawn


def conv_transpose(kind, axes):
    def drawn(rng):
        groups, stride, dilation = some(rng, 1, 3), some(rng, 1, 3, axes), some(rng, 1, 2, axes)
        more = tuple(some(rng, 0, max(pair) - 1) for pair in zip(stride, dilation, strict=True))
        layer = kind(groups * some(rng, 1, 2), groups * some(rng, 1, 3), some(rng, 1, 3, axes), stride,
                     some(rng, 0, 1, axes), more, groups, bool(some(rng, 0, 1)), dilation)
        return layer, image(rng, axes, layer.in_channels, least=3)
    return drawn


def average(kind, axes):
    def drawn(rng):
        kernel = some(rng, 1, 4, axes)
        return kind(kernel, some(rng, 1, 3, axes), tuple(some(rng, 0, size // 2) for size in kernel),
                    bool(some(rng, 0, 1)), bool(some(rng, 0, 1)), *([some(rng, 1, 5)] if axes > 1 else [])
                    ), image(rng, axes, some(rng, 1, 3))
    return drawn


def adaptive(kind, axes):
    return lambda rng: (kind(some(rng, 1, 7, axes)), image(rng, axes, 2, least=3))


def unpool(kind, axes):
    def drawn(rng):
        kernel = some(rng, 1, 3, axes)
        values, indices = getattr(layers, f"MaxPool{axes}d")(kernel, return_indices=True).forward(
            rng.standard_normal(tuple(size * rng.integers(1, 4) for size in (1, 1, *kernel))))
        return kind(kernel), values.shape, indices
    return drawn


def unfold(rng):
    kernel = some(rng, 1, 3, 2)
    return layers.Unfold(kernel, some(rng, 1, 2, 2), some(rng, 0, 2, 2), some(rng, 1, 3, 2)), \
        (*some(rng, 1, 3, 2), *some(rng, 5, 8, 2))


def fold(rng):
    there, shape = unfold(rng)
    columns = there.describe(shape).y_shapes[0]
    return layers.Fold(shape[2:], there.kernel_size, there.dilation, there.padding, there.stride), columns


def upsample(rng):
    mode, axes = [("nearest", some(rng, 1, 3)), ("linear", 1), ("bilinear", 2), ("bicubic", 2),
                  ("trilinear", 3)][some(rng, 0, 4)]
    size = {"size": some(rng, 1, 9, axes)} if some(rng, 0, 1) else \
        {"scale_factor": tuple(float(factor) for factor in rng.uniform(0.5, 3, axes)),
         "recompute_scale_factor": bool(some(rng, 0, 1))}
    corners = {} if mode == "nearest" else {"align_corners": bool(some(rng, 0, 1))}
    return layers.Upsample(**size, mode=mode, **corners), (*some(rng, 1, 3, 2), *some(rng, 2, 6, axes))


def resized(kind):
    return lambda rng: (kind(some(rng, 1, 9, 2)), (*some(rng, 1, 3, 2), *some(rng, 2, 6, 2)))


def pixel_shuffle(rng):
    factor = some(rng, 1, 3)
    return layers.PixelShuffle(factor), (*some(rng, 1, 3, some(rng, 0, 2)), factor**2 * some(rng, 1, 3),
                                         *some(rng, 1, 4, 2))


def pixel_unshuffle(rng):
    factor = some(rng, 1, 3)
    return layers.PixelUnshuffle(factor), (some(rng, 1, 3), factor * some(rng, 1, 3), factor * some(rng, 1, 3))


def channel_shuffle(rng):
    groups = some(rng, 1, 4)
    return layers.ChannelShuffle(groups), (2, groups * some(rng, 1, 4), *some(rng, 1, 4, some(rng, 0, 3)))


def shape_of(rng, axes=None):
    return some(rng, 2, 5, some(rng, 3, 5) if axes is None else axes)


def transpose(rng):
    shape = shape_of(rng)
    return layers.Transpose(*(some(rng, -len(shape), len(shape) - 1) for _ in range(2))), shape


def take(rng):
    shape = shape_of(rng)
    dim = some(rng, -len(shape), len(shape) - 1)
    return layers.Take(some(rng, -shape[dim], shape[dim] - 1), dim), shape


def sparse(kind):
    def drawn(rng):
        rows, inputs = some(rng, 1, 6, 2)
        x = scipy.sparse.random_array((rows, inputs), density=rng.uniform(), rng=rng, data_sampler=rng.normal)
        return kind(inputs, some(rng, 1, 4), bool(some(rng, 0, 1))), x
    return drawn


def row_convolution(rng):
    size, width, first = some(rng, 1, 4), some(rng, 1, 4), bool(some(rng, 0, 1))
    steps = width + some(rng, 0, 5)
    return layers.TemporalRowConvolution(size, width, some(rng, 1, 3), first), \
        (2, *((size, steps) if first else (steps, size)))


def several(kind, *options):
    return lambda rng: (kind(*options), *(shape_of(rng, 2),) * 2)


def concat(rng):
    rows = some(rng, 1, 4)
    return layers.Concat(), *((rows, some(rng, 1, 4)) for _ in range(some(rng, 2, 4)))


def matmul(rng):
    rows, inner, columns = some(rng, 1, 5, 3)
    lead = some(rng, 1, 3, some(rng, 0, 2))
    return layers.MatMul(), (*lead, rows, inner), (inner, columns)


def plain(kind, *options):
    return lambda rng: (kind(*options), shape_of(rng))


OPTIONS = {
    **{f"{mode}Pad{axes}d": pad(getattr(layers, f"{mode}Pad{axes}d"), axes, least)
       for mode, least in (("Zero", -1), ("Constant", -1), ("Reflection", 0), ("Replication", 0), ("Circular", 0))
       for axes in (1, 2, 3)},
    **{f"{family}{axes}d": make(getattr(layers, f"{family}{axes}d"), axes)
       for family, make in (("Conv", conv), ("ConvTranspose", conv_transpose), ("AvgPool", average),
                            ("AdaptiveAvgPool", adaptive), ("MaxUnpool", unpool)) for axes in (1, 2, 3)},
    **{name: plain(getattr(layers, name)) for name in (
        "AlphaDropout", "Dropout", "FeatureAlphaDropout", "GaussianNoise", "Identity")},
    **{f"Dropout{axes}d": lambda rng, axes=axes: (getattr(layers, f"Dropout{axes}d")(), shape_of(rng, axes + 2))
       for axes in (1, 2, 3)},
    "Add": several(layers.Add),
    "Bilinear": lambda rng: (layers.Bilinear(2, 3, some(rng, 1, 4)), (5, 2), (5, 3)),
    "ChannelShuffle": channel_shuffle,
    "ClassToken": lambda rng: (layers.ClassToken(3), (*shape_of(rng, 2), 3)),
    "Concat": concat,
    "Copy": lambda rng: (layers.Copy(some(rng, 2, 4)), shape_of(rng)),
    "DropConnect": lambda rng: (layers.DropConnect(4, some(rng, 1, 4), 0.3), (3, 4)),
    "Flatten": lambda rng: (layers.Flatten(some(rng, 0, 1), some(rng, 1, 2)), shape_of(rng)),
    "Fold": fold,
    "GlobalAvgPool": lambda rng: (layers.GlobalAvgPool(bool(some(rng, 0, 1))), shape_of(rng)),
    "LearnedPositions": lambda rng: (layers.LearnedPositions(6, 3), (*shape_of(rng, 2), 3)),
    "Linear": lambda rng: (layers.Linear(4, some(rng, 1, 5), bool(some(rng, 0, 1))), (*shape_of(rng, 2), 4)),
    "MatMul": matmul,
    "PixelShuffle": pixel_shuffle,
    "PixelUnshuffle": pixel_unshuffle,
    "Reshape": lambda rng: (layers.Reshape((some(rng, 1, 2), -1, 3)), (some(rng, 1, 3), 4, 3, 1)),
    "RotaryPositions": lambda rng: (layers.RotaryPositions(), (*shape_of(rng, 2), 2 * some(rng, 1, 4))),
    "Select": lambda rng: (layers.Select(some(rng, 0, 1)), shape_of(rng, 2), shape_of(rng, 3)),
    "SinusoidalPositions": lambda rng: (layers.SinusoidalPositions(), (*shape_of(rng, 2), 2 * some(rng, 1, 4))),
    "SparseLinear": sparse(layers.SparseLinear),
    "Subtract": several(layers.Subtract),
    "Take": take,
    "TemporalRowConvolution": row_convolution,
    "TiedLinear": lambda rng: (layers.TiedLinear(layers.Linear(some(rng, 1, 4), 5)), (*shape_of(rng, 2), 5)),
    "Transpose": transpose,
    "Unflatten": lambda rng: (layers.Unflatten(1, (3, -1)), (2, 3 * some(rng, 1, 4), *some(rng, 1, 3, 2))),
    "Unfold": unfold,
    "Upsample": upsample,
    "UpsamplingBilinear2d": resized(layers.UpsamplingBilinear2d),
    "UpsamplingNearest2d": resized(layers.UpsamplingNearest2d),
}


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
