"""Convolutions, windows as columns, and resampling."""

from math import prod
from typing import Any

import numpy as np

from .... import layers
from ....layers.conv import ConvNd
from ....layers.conv_transpose import ConvTransposeNd
from ....layers.core import Layer
from .shapes import bordered
from .writer import Exporter, Value, Writer

__all__ = ["WINDOWS", "pads"]


def pads(layer: Any) -> list[int]:
    """Return the border of a window as ONNX has it: all that lies before the axes, then all behind."""
    before, behind = zip(*layer.geometry.padding, strict=True)
    return [*before, *behind]


def _attributes(layer: Any) -> dict[str, Any]:
    kernel, stride, _, dilation = layer.geometry
    return {"kernel_shape": kernel, "strides": stride, "pads": pads(layer), "dilations": dilation,
            "group": layer.groups}


def _weights(w: Writer, layer: Any) -> list[str]:
    return [w.weight(each) for each in (layer.weight, layer.bias) if each is not None]


def _conv(w: Writer, layer: Any, x: Value) -> str:
    inner = x if layer.padding_mode == "zeros" else x._replace(name=bordered(w, layer._pad, x))
    return w.batched(inner, layer.axes + 1, lambda x: w.main("Conv", x, *_weights(w, layer), **_attributes(layer)))


def _row_conv(w: Writer, layer: Any, x: Value) -> str:
    if layer.feat_first:
        return _conv(w, layer, x)
    last = len(x.shape) - 1
    perm = (*range(last - 1), last, last - 1)
    return w.transpose(_conv(w, layer, x._replace(name=w.transpose(x, *perm))), *perm)


def _conv_transpose(w: Writer, layer: Any, x: Value) -> str:
    extra = layer.output_padding
    extra = tuple(extra) if isinstance(extra, (tuple, list)) else (extra,) * layer.axes
    return w.batched(x, layer.axes + 1, lambda x: w.main("ConvTranspose", x, *_weights(w, layer), output_padding=extra,
                                                         **_attributes(layer)))


def _columns(layer: Any, channels: int) -> tuple[Any, dict[str, Any]]:
    """Return the window that copies each of its places into a channel of its own, (channels·places, 1, *kernel)."""
    kernel, stride, margins, dilation = layer.geometry
    places = prod(kernel)
    weight = np.tile(np.eye(places).reshape(places, 1, *kernel), (channels, 1, 1, 1))
    before, behind = zip(*margins, strict=True)
    return weight, {"kernel_shape": kernel, "strides": stride, "pads": [*before, *behind], "dilations": dilation,
                    "group": channels}


def _unfold(w: Writer, layer: Any, x: Value) -> str:
    *lead, channels, _, _ = x.sizes
    weight, attributes = _columns(layer, channels)
    y = w.batched(x, 3, lambda x: str(w.add("Conv", x, w.constant(weight), **attributes)))
    return w.reshape(y, *lead, *layer.output_shape(x.shape)[-2:])


def _fold(w: Writer, layer: Any, x: Value) -> str:
    *lead, rows, _ = x.sizes
    *_, channels, height, width = layer.output_shape(x.shape)
    weight, attributes = _columns(layer, channels)
    outputs = layer.geometry.outputs((height, width))
    covered = layer.geometry.covered(outputs)
    extra = [size - (reach - before - behind) for size, reach, (before, behind) in
             zip((height, width), covered, layer.geometry.padding, strict=True)]
    images = w.reshape(x, *(lead or [1]), rows, *outputs)
    y = str(w.add("ConvTranspose", images, w.constant(weight), output_padding=extra, **attributes))
    return w.reshape(y, *lead, channels, height, width)


_PLACES = {"nearest": "asymmetric", "align": "align_corners", "free": "half_pixel"}


def _upsample(w: Writer, layer: Any, x: Value) -> Any:
    kind = "nearest" if layer.mode == "nearest" else "cubic" if layer.mode == "bicubic" else "linear"
    place = _PLACES["nearest" if kind == "nearest" else "align" if layer.align_corners else "free"]
    told: dict[str, Any] = {"mode": kind, "coordinate_transformation_mode": place,
                            "cubic_coeff_a": -0.75 if kind == "cubic" else None,
                            "nearest_mode": "floor" if kind == "nearest" else None}
    factor = None if layer.recompute_scale_factor else layer.scale_factor
    axes = list(range(2, len(x.shape)))
    if factor is not None and not layer.align_corners:
        factors = factor if isinstance(factor, (tuple, list)) else [factor] * len(axes)
        return w.main("Resize", x, "", w.constant([1, 1, *factors], np.float32), **told)
    sizes = layer.output_shape(x.shape)[2:]
    return w.main("Resize", x, "", "", w.whole(*sizes), axes=axes, **told)


WINDOWS: dict[type[Layer], Exporter] = {
    ConvNd: _conv, ConvTransposeNd: _conv_transpose, layers.Fold: _fold, layers.TemporalRowConvolution: _row_conv,
    layers.Unfold: _unfold, layers.Upsample: _upsample,
}
