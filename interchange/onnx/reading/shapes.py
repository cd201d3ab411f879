"""Operators that move values, reduce axes, or compute with shapes."""

from typing import Any

import numpy as np

from .... import layers
from ..operators import REDUCTIONS, Cast, Exact, Rearranged, Reduction
from .reader import Builder, Node, Reader
from .types import dtype_of

__all__ = ["SHAPES"]

_OPTIONS = {                            # attributes that the moves take; the others became inputs in newer opsets
    "DepthToSpace": ("blocksize", "mode"), "Flatten": ("axis",), "Gather": ("axis",), "GatherElements": ("axis",),
    "Pad": ("mode",), "Reshape": ("allowzero",), "SpaceToDepth": ("blocksize", "mode"),
    "Split": ("axis", "num_outputs"), "Transpose": ("perm",), "Trilu": ("upper",),
}
_OLDER = {"Squeeze": "axes", "Unsqueeze": "axes", "Split": "split", "Pad": "pads"}     # … and these became input 1


def _move(reader: Reader, node: Node) -> Any:
    options = {name: node.attributes[name] for name in _OPTIONS.get(node.operator, ()) if name in node.attributes}
    if node.operator == "Transpose" and "perm" in options:
        options["perm"] = tuple(options["perm"])
    if node.operator == "Split" and len(node.inputs) < 2:
        options["num_outputs"] = len(node.outputs)
    older = node.attributes.get(_OLDER.get(node.operator, ""))

    def make(bound: dict[int, Any]) -> Rearranged:
        return Rearranged(node.operator, bound if older is None else {1: np.asarray(older), **bound}, options)

    moved = reader.operate(node, make)
    if node.operator != "Split":
        return moved
    return tuple(reader.add(f"{node.name}.part", layers.Select(part), moved) for part in range(len(node.outputs)))


def _gather(reader: Reader, node: Node) -> str:
    table = node.operand(0).parameter
    rows = node.attributes.get("axis", 0) == 0 and node.operand(1).value is None
    if table is None or len(table.shape) != 2 or not rows:
        return str(_move(reader, node))
    layer = layers.Embedding(*table.shape)
    layer.weight = table
    return reader.apply(node, layer, 1)


def _concat(reader: Reader, node: Node) -> str:
    axis = node.attributes["axis"]
    if node.operand(0).exact:
        def join(*x: Any) -> Any:
            return np.concatenate(x, axis)
        return reader.operate(node, lambda bound: Exact("Concat", join, bound))
    return reader.apply(node, layers.Concat(axis))


def _reduce(reader: Reader, node: Node) -> str:
    options: dict[str, Any] = {name: node.attributes[name] for name in ("keepdims", "noop_with_empty_axes", "axes")
               if name in node.attributes}
    if node.operand(0).exact:
        raise node.refuse("expected floating-point numbers, got whole ones")
    return reader.operate(node, lambda bound: Reduction(node.operator, bound, options))


def _shape(reader: Reader, node: Node) -> str:
    start, end = node.attributes.get("start", 0), node.attributes.get("end")

    def shape(x: Any) -> Any:
        return np.asarray(x.shape[start:end], np.int64)
    return reader.operate(node, lambda bound: Exact("Shape", shape, bound))


def _cast(reader: Reader, node: Node) -> str:
    dtype, x = dtype_of(node.attributes["to"], node), node.operand(0)
    if dtype.kind == "f" and not x.exact:
        return reader.apply(node, Cast("Cast", options={"dtype": dtype}), 0)
    return reader.operate(node, lambda bound: Exact("Cast", lambda x: x.astype(dtype), bound))


def _constant_of_shape(reader: Reader, node: Node) -> str:
    value = np.asarray(node.attributes.get("value", np.zeros(1, np.float32))).reshape(())

    def filled(shape: Any) -> Any:
        return np.full(tuple(int(size) for size in shape), value)
    return reader.operate(node, lambda bound: Exact("ConstantOfShape", filled, bound))


def _range(reader: Reader, node: Node) -> str:
    return reader.operate(node, lambda bound: Exact("Range", lambda *x: np.arange(*(each.item() for each in x),
                                                                                 dtype=x[0].dtype), bound))


def _arg(reader: Reader, node: Node) -> str:
    largest = node.operator == "ArgMax"
    axis, keep, last = (node.attributes.get(name, default) for name, default in
                        (("axis", 0), ("keepdims", 1), ("select_last_index", 0)))

    def place(x: Any) -> Any:
        x = np.flip(x, axis) if last else x
        found = (np.argmax if largest else np.argmin)(x, axis=axis, keepdims=bool(keep))
        return x.shape[axis] - 1 - found if last else found
    return reader.operate(node, lambda bound: Exact(node.operator, place, bound))


def constant(attributes: dict[str, Any]) -> Any:
    """Return the array of a Constant node."""
    for name, dtype in (("value", None), ("value_float", np.float32), ("value_floats", np.float32),
                        ("value_int", np.int64), ("value_ints", np.int64)):
        if name in attributes:
            return np.asarray(attributes[name], dtype)
    return None


SHAPES: dict[str, Builder] = {
    **dict.fromkeys(("DepthToSpace", "Expand", "Flatten", "GatherElements", "Pad", "Reshape", "Slice", "SpaceToDepth",
                     "Split", "Squeeze", "Tile", "Transpose", "Trilu", "Unsqueeze"), _move),
    **dict.fromkeys(REDUCTIONS, _reduce),
    "ArgMax": _arg, "ArgMin": _arg, "Cast": _cast, "Concat": _concat, "ConstantOfShape": _constant_of_shape,
    "Gather": _gather, "Range": _range, "Shape": _shape,
}
