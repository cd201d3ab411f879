"""A network as a file of ONNX that other tools run."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...layers.core import Array, Layer, as_dtype, flatten, show_shape, write_atomically
from ...layers.core.optional import onnx
from ...models import Graph
from .errors import OnnxError
from .writing import EXPORTERS, REASONS, Value, Writer

__all__ = ["IR_VERSION", "OPSET", "export_onnx"]

OPSET, IR_VERSION = 21, 10      # what onnxruntime has run since 1.20; newer ones it refuses


def export_onnx(model: Layer, path: str | os.PathLike[str], *x: Any,
                batch_axis: int | Sequence[int | None] | None = 0) -> None:
    """Write the network as it is at inference: dropout is gone, batch norms use their running statistics.

    ``x`` are inputs as ``forward`` takes them: arrays whose values do not matter, or shapes of floating-point inputs.
    The size of their ``batch_axis`` (one for each input, or the same for all; None: none) stays free, other sizes are
    fixed.
    Weights have the names of the state dict. Nothing is written unless all layers have exporters.

    Raises: OnnxError for a layer that has none, with the reason, and for axes that the inputs do not have; ShapeError
        where the inputs do not fit.

    Example:
        >>> from chainrule.interchange.onnx import export_onnx
        >>> from chainrule.models.zoo import mlp
        >>> export_onnx(mlp([64, 32, 10]), "digits.onnx", (1, 64))                        # doctest: +SKIP
    """
    dtype = next((parameter.dtype for parameter in model.parameters()), np.dtype(np.float32))
    inputs = [as_input(each, dtype) for each in x]
    arrays = [each for each in flatten(tuple(inputs)) if each is not None]
    count = len(arrays)
    axes = [batch_axis] * count if batch_axis is None or isinstance(batch_axis, int) else list(batch_axis)
    if not arrays or len(axes) != count:
        raise OnnxError(f"export_onnx expected inputs, and a batch_axis for each or one for all, got {count} and "
                        f"{len(axes)}")
    for array, axis in zip(arrays, axes, strict=True):
        if axis is not None and not -array.ndim <= axis < array.ndim:
            raise OnnxError(f"export_onnx expected batch_axis as an axis of an input of shape "
                            f"{show_shape(array.shape)}, got {axis}")
    names = _input_names(model, count)
    writer = Writer(model, EXPORTERS, REASONS, dtype)
    order = iter(zip(names, axes, strict=True))
    values = tuple(_value(each, order) for each in inputs)
    outputs = writer.layer("", model, *values)
    names_out = _output_names(model, len(outputs))
    for name, value in zip(names_out, outputs, strict=True):
        writer.nodes.append(onnx.helper.make_node("Identity", [value.name], [name], name=f"output.{name}"))
    nodes = _joined(list(writer.needed(names_out)), set(names))
    used = {name for node in nodes for name in node.input}
    declared = [_declared(name, array, axis) for name, array, axis in
                zip(names, arrays, axes, strict=True)]
    results = [onnx.helper.make_tensor_value_info(name, _type(dtype), [
        "N" if size == -1 else size for size in value.sizes]) for name, value in zip(names_out, outputs, strict=True)]
    graph = onnx.helper.make_graph(nodes, type(model).__name__, declared, results, [
        onnx.numpy_helper.from_array(array, name) for name, array in writer.weights.items() if name in used])
    file = onnx.helper.make_model(graph, producer_name="chainrule", ir_version=IR_VERSION,
                                  opset_imports=[onnx.helper.make_opsetid("", OPSET)])
    onnx.checker.check_model(file, full_check=True)
    write_atomically(path, file.SerializeToString())


def as_input(x: Any, dtype: Any) -> Any:
    """Return an example of an input: an array as it is, floating-point in the network's dtype, zeros for a shape."""
    if isinstance(x, np.ndarray):
        return as_dtype(x, dtype) if x.dtype.kind == "f" else x
    if x is None:
        return None
    if isinstance(x, tuple) and all(isinstance(size, int) for size in x):
        return np.broadcast_to(np.zeros((), dtype), x)
    if isinstance(x, tuple):
        return tuple(as_input(each, dtype) for each in x)
    if hasattr(x, "shape"):         # sparse rows
        return np.zeros(x.shape, dtype)
    raise OnnxError(f"export_onnx expected inputs as NumPy arrays, or their shapes as tuples, got {type(x).__name__}")


def _value(x: Any, order: Any) -> Any:
    if isinstance(x, tuple):
        return tuple(_value(each, order) for each in x)
    if x is None:
        return None
    name, axis = next(order)
    larger = list(x.shape)
    if axis is not None:
        larger[axis] += 1
    return Value(name, x.shape, tuple(larger))


def _declared(name: str, x: Array, axis: int | None) -> Any:
    shape: list[int | str] = list(x.shape)
    if axis is not None:
        shape[axis] = "N"
    return onnx.helper.make_tensor_value_info(name, _type(x.dtype), shape)


def _type(dtype: Any) -> int:
    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))


def _input_names(model: Layer, count: int) -> list[str]:
    own = [*model.inputs, *model.optional][:count] if isinstance(model, Graph) else []
    return own if len(own) == count else ["x"] if count == 1 else [f"x{number}" for number in range(count)]


def _output_names(model: Layer, count: int) -> list[str]:
    return ["y"] if count == 1 else [f"y{number}" for number in range(count)]


def _joined(nodes: list[Any], inputs: set[str]) -> list[Any]:
    """Give values that are an output and nothing else its name, in place of the Identity behind them."""
    ends = {node.input[0]: node for node in nodes if node.name.startswith("output.")}
    counts = {name: sum(name in node.input for node in nodes) for name in ends}
    kept = []
    for node in nodes:
        for place, name in enumerate(node.output):
            if name in ends and name not in inputs and counts[name] == 1:
                node.output[place] = ends[name].output[0]
                ends[name].name = "gone"
        kept.append(node)
    return [node for node in kept if node.name != "gone"]
