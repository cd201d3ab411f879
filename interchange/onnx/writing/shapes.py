"""Layers that only move values: other shapes, other orders of axes, borders."""

from typing import Any

from .... import layers
from ....layers.core import Layer
from ....layers.padding.pad import Pad
from .writer import Exporter, Value, Writer

__all__ = ["SHAPES", "bordered"]


def _reshaped(w: Writer, layer: Any, x: Value) -> str:
    sizes = [size if size == other else -1 for size, other in
             zip(layer.output_shape(x.shape), layer.output_shape(x.larger), strict=True)]
    return str(w.main("Reshape", x, w.whole(*sizes)))


def _transpose(w: Writer, layer: Any, x: Value) -> str:
    perm = list(range(len(x.shape)))
    a, b = layer.dim0, layer.dim1
    perm[a], perm[b] = perm[b], perm[a]
    return w.transpose(x, *perm)


def _take(w: Writer, layer: Any, x: Value) -> Any:
    return w.main("Gather", x, w.constant(layer.index, "int64"), axis=layer.dim)


def _channel_shuffle(w: Writer, layer: Any, x: Value) -> str:
    batch, channels, *rest = x.sizes
    split = w.reshape(x, batch, layer.groups, channels // layer.groups, *rest)
    return w.reshape(w.transpose(split, 0, 2, 1, *range(3, 3 + len(rest))), *x.sizes)


def _pixel_shuffle(w: Writer, layer: Any, x: Value) -> str:
    *lead, channels, height, width = x.sizes
    r, n = layer.upscale_factor, len(lead)
    split = w.reshape(x, *lead, channels // r**2, r, r, height, width)
    turned = w.transpose(split, *range(n + 1), n + 3, n + 1, n + 4, n + 2)     # (C, r, r, H, W) -> (C, H, r, W, r)
    return w.reshape(turned, *lead, channels // r**2, height * r, width * r)


def _pixel_unshuffle(w: Writer, layer: Any, x: Value) -> str:
    *lead, channels, height, width = x.sizes
    r, n = layer.downscale_factor, len(lead)
    split = w.reshape(x, *lead, channels, height // r, r, width // r, r)
    turned = w.transpose(split, *range(n + 1), n + 2, n + 4, n + 1, n + 3)     # (C, H, r, W, r) -> (C, r, r, H, W)
    return w.reshape(turned, *lead, channels * r * r, height // r, width // r)


def bordered(w: Writer, pad: Any, x: Value) -> Any:
    """Write a padding of the last axes."""
    rank, value = len(x.shape), getattr(pad, "value", 0.0)
    modes = {"Circular": "wrap", "Reflection": "reflect", "Replication": "edge"}
    mode = next((name for start, name in modes.items() if type(pad).__name__.startswith(start)), "constant")
    pads = [0] * 2 * rank
    for number in range(pad.axes):
        pads[rank - 1 - number], pads[2 * rank - 1 - number] = pad.padding[2 * number:2 * number + 2]
    return w.add("Pad", x, w.whole(*pads), *([w.constant(value)] if mode == "constant" else []), mode=mode)


def _class_token(w: Writer, layer: Any, x: Value) -> Any:
    """Write the token in front: the sum of a row added to the sequence and a token with a border of zeros behind."""
    rank, length = len(x.shape), x.shape[-2]
    pads = [0] * 2 * rank
    pads[rank - 2] = 1
    rows = w.add("Pad", x, w.whole(*pads), w.constant(0.0))
    token = w.add("Unsqueeze", w.weight(layer.weight), w.whole(0))
    return w.add("Add", rows, w.add("Pad", token, w.whole(0, 0, length, 0), w.constant(0.0)))


SHAPES: dict[type[Layer], Exporter] = {
    layers.ChannelShuffle: _channel_shuffle, layers.ClassToken: _class_token, layers.Flatten: _reshaped, Pad: bordered,
    layers.PixelShuffle: _pixel_shuffle, layers.PixelUnshuffle: _pixel_unshuffle, layers.Reshape: _reshaped,
    layers.Take: _take, layers.Transpose: _transpose, layers.Unflatten: _reshaped,
}
