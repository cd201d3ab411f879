"""Convolutions, pools and resampling: operators with windows over spatial axes."""

from math import ceil
from typing import Any

from .... import layers
from ....layers.core import Layer
from ..operators import Curve
from .reader import Builder, Node, Reader

__all__ = ["WINDOWS"]

_CONVOLUTIONS: tuple[type[Any], ...] = (layers.Conv1d, layers.Conv2d, layers.Conv3d)
_TRANSPOSED: tuple[type[Any], ...] = (layers.ConvTranspose1d, layers.ConvTranspose2d, layers.ConvTranspose3d)
_POOLS: dict[str, tuple[type[Any], ...]] = {
    "AveragePool": (layers.AvgPool1d, layers.AvgPool2d, layers.AvgPool3d),
    "LpPool": (layers.LPPool1d, layers.LPPool2d, layers.LPPool3d),
    "MaxPool": (layers.MaxPool1d, layers.MaxPool2d, layers.MaxPool3d),
}
Margins = tuple[tuple[int, int], ...]


def _of_rank(kinds: tuple[type[Any], ...], axes: int, node: Node) -> type[Any]:
    if not 1 <= axes <= 3:
        raise node.refuse(f"expected one to three spatial axes, got {axes}")
    return kinds[axes - 1]


def _each(node: Node, name: str, axes: int) -> tuple[int, ...]:
    return tuple(node.attributes.get(name, [1] * axes))


def _spatial(node: Node, axes: int) -> list[int]:
    sizes = (node.operand(0).shape or ())[-axes:]
    known = [size for size in sizes if size is not None]
    if len(known) < axes:
        raise node.refuse("expected an input whose spatial sizes are known, as its margins follow from them")
    return known


def _margins(node: Node, kernel: tuple[int, ...]) -> Margins:
    """Return the border before and behind each spatial axis."""
    axes, kind = len(kernel), node.attributes.get("auto_pad", "NOTSET")
    if kind in ("NOTSET", "VALID"):
        pads = node.attributes.get("pads", [0] * 2 * axes) if kind == "NOTSET" else [0] * 2 * axes
        return tuple(zip(pads[:axes], pads[axes:], strict=True))
    strides, dilations = _each(node, "strides", axes), _each(node, "dilations", axes)
    margins = []
    for size, taps, stride, dilation in zip(_spatial(node, axes), kernel, strides, dilations, strict=True):
        missing = max(0, (ceil(size / stride) - 1) * stride + (taps - 1) * dilation + 1 - size)
        less, more = missing // 2, missing - missing // 2
        margins.append((less, more) if kind == "SAME_UPPER" else (more, less))
    return tuple(margins)


def _bordered(layer: Layer, margins: Margins) -> Layer:
    """Give a layer margins that its constructor has no words for: other ones before than behind."""
    layer.geometry = layer.geometry._replace(padding=margins)       # type: ignore[attr-defined]   # of Windowed
    return layer


def _equal(margins: Margins) -> bool:
    return all(before == behind for before, behind in margins)


def _conv(reader: Reader, node: Node) -> str:
    weight, bias = node.weight(1), None if node.given(2) is None else node.weight(2)
    outputs, inputs, *kernel = weight.shape
    groups, margins = node.attributes.get("group", 1), _margins(node, tuple(kernel))
    layer = _of_rank(_CONVOLUTIONS, len(kernel), node)(
        inputs * groups, outputs, tuple(kernel), _each(node, "strides", len(kernel)),
        tuple(before for before, _ in margins) if _equal(margins) else 0, _each(node, "dilations", len(kernel)),
        groups, bias is not None)
    layer.weight, layer.bias = weight, bias
    return reader.apply(node, layer if _equal(margins) else _bordered(layer, margins), 0)


def _conv_transpose(reader: Reader, node: Node) -> str:
    weight, bias = node.weight(1), None if node.given(2) is None else node.weight(2)
    inputs, outputs, *kernel = weight.shape
    axes, groups = len(kernel), node.attributes.get("group", 1)
    strides, dilations = _each(node, "strides", axes), _each(node, "dilations", axes)
    extra = tuple(node.attributes.get("output_padding", [0] * axes))
    margins = _margins_transposed(node, tuple(kernel), strides, dilations, extra)
    extra = tuple(more + max(0, -before - behind) for more, (before, behind) in zip(extra, margins, strict=True))
    margins = tuple((max(0, before), max(0, behind)) for before, behind in margins)
    layer = _of_rank(_TRANSPOSED, axes, node)(
        inputs, outputs * groups, tuple(kernel), strides,
        tuple(before for before, _ in margins) if _equal(margins) else 0, extra, groups, bias is not None, dilations)
    layer.weight, layer.bias = weight, bias
    return reader.apply(node, layer if _equal(margins) else _bordered(layer, margins), 0)


def _margins_transposed(node: Node, kernel: tuple[int, ...], strides: tuple[int, ...], dilations: tuple[int, ...],
                        extra: tuple[int, ...]) -> Margins:
    kind, wanted, axes = node.attributes.get("auto_pad", "NOTSET"), node.attributes.get("output_shape"), len(kernel)
    if wanted is None and kind in ("NOTSET", "VALID"):
        return _margins(node, kernel)
    sizes = _spatial(node, axes)
    wanted = [size * stride for size, stride in zip(sizes, strides, strict=True)] if wanted is None else wanted[-axes:]
    margins = []
    for size, stride, taps, dilation, more, out in zip(sizes, strides, kernel, dilations, extra, wanted, strict=True):
        total = stride * (size - 1) + more + (taps - 1) * dilation + 1 - out
        half = total // 2 if total > 0 else 0
        margins.append((half, total - half) if kind == "SAME_UPPER" else (total - half, half))
    return tuple(margins)


def _pool(reader: Reader, node: Node) -> str:
    node.only(1)
    if node.operand(0).exact:
        raise node.refuse("expected floating-point numbers, got whole ones")
    kernel, x = tuple(node.attributes["kernel_shape"]), reader.source(node.operand(0))
    axes, margins = len(kernel), _margins(node, kernel)
    strides, dilations = _each(node, "strides", axes), _each(node, "dilations", axes)
    options: dict[str, Any] = {"ceil_mode": bool(node.attributes.get("ceil_mode", 0))}
    if node.operator == "LpPool":
        options["norm_type"] = float(node.attributes.get("p", 2))
    if node.operator == "AveragePool":
        options["count_include_pad"] = bool(node.attributes.get("count_include_pad", 0))
    if node.operator == "MaxPool":
        options["dilation"] = dilations
    elif set(dilations) != {1}:
        raise node.refuse(f"expected windows without gaps, got dilations {dilations}")
    if node.operator == "LpPool" and (max(map(max, margins)) or options["ceil_mode"]):
        raise node.refuse("expected windows inside of the input, without pads and ceil_mode")
    if node.operator == "LpPool" and options["norm_type"] % 2:
        x = reader.add(f"{node.name}.size", Curve("Abs"), x)        # PyTorch's, which is ours, takes x as it is
    layer = _of_rank(_POOLS[node.operator], axes, node)(kernel_size=kernel, stride=strides, **options)
    if max(map(max, margins)):
        _bordered(layer, margins)
        if _equal(margins):
            layer.padding = tuple(before for before, _ in margins)
    return reader.add(node.name, layer, x)


def _global(reader: Reader, node: Node) -> str:
    kind: type[Any] = layers.GlobalAvgPool if node.operator == "GlobalAveragePool" else layers.GlobalMaxPool
    return reader.apply(node, kind(keepdims=True), 0)


_MODES = {("nearest", "asymmetric"): ("nearest", False), ("linear", "half_pixel"): ("linear", False),
          ("linear", "align_corners"): ("linear", True), ("cubic", "half_pixel"): ("bicubic", False),
          ("cubic", "align_corners"): ("bicubic", True)}


def _resize(reader: Reader, node: Node) -> str:
    told = {"mode": "nearest", "coordinate_transformation_mode": "half_pixel", "nearest_mode": "round_prefer_floor",
            "antialias": 0, "exclude_outside": 0, "keep_aspect_ratio_policy": "stretch", "cubic_coeff_a": -0.75,
            } | node.attributes
    mode = (told["mode"], told["coordinate_transformation_mode"])
    fits = not told["antialias"] and not told["exclude_outside"] and told["keep_aspect_ratio_policy"] == "stretch"
    if mode not in _MODES or not fits or (mode[0] == "nearest" and told["nearest_mode"] != "floor") \
            or (mode[0] == "cubic" and told["cubic_coeff_a"] != -0.75):
        raise node.refuse(f"expected what Upsample does: nearest with asymmetric places rounded down, linear or cubic "
                          f"with half_pixel or align_corners, of all axes; got {mode[0]} with {mode[1]}")
    kind, corners = _MODES[mode]
    scales, sizes = node.constant(2), node.constant(3)
    which = sizes if scales is None or scales.size == 0 else scales
    by_scale, chosen = which is scales, told.get("axes")
    if which is None or (chosen is None and (which.size < 3 or (which is scales and tuple(which[:2]) != (1, 1)))) or \
            (chosen is not None and chosen != list(range(2, 2 + which.size))):
        raise node.refuse("expected scales or sizes of spatial axes alone")
    which = which if chosen is not None else which[2:]
    axes = which.size
    names = {"linear": {1: "linear", 2: "bilinear", 3: "trilinear"}.get(axes, ""), "nearest": "nearest"}
    if kind == "bicubic" and axes != 2:
        raise node.refuse(f"expected two spatial axes with cubic interpolation, got {axes}")
    if by_scale and corners and any(scale % 1 for scale in which):
        raise node.refuse("expected whole scales with align_corners")
    target: dict[str, Any] = {"scale_factor": tuple(map(float, which))} if by_scale else {
        "size": tuple(map(int, which))}
    return reader.apply(node, layers.Upsample(mode=names.get(kind, kind), align_corners=corners or None, **target), 0)


def _lrn(reader: Reader, node: Node) -> str:
    told = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0} | node.attributes
    size = told["size"]
    if size % 2 == 0:
        raise node.refuse(f"expected an odd size, as ours counts an even one from the other side, got {size}")
    return reader.apply(node, layers.LocalResponseNorm(size, told["alpha"], told["beta"], told["bias"]), 0)


WINDOWS: dict[str, Builder] = {
    **dict.fromkeys(_POOLS, _pool), "Conv": _conv, "ConvTranspose": _conv_transpose, "GlobalAveragePool": _global,
    "GlobalMaxPool": _global, "LRN": _lrn, "Resize": _resize,
}
