"""Options of every linear layer, drawn at random: each function returns a layer and its inputs, shapes or arrays."""

import scipy

from chainrule import layers


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
        x = scipy.sparse.random_array((rows, inputs), density=rng.uniform(), random_state=rng, data_sampler=rng.normal)
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
