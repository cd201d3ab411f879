"""A file of ONNX as a Graph of our layers, ready to train on."""

import os
from typing import Any

import numpy as np

from ...layers.core import Array, Parameter, nearest
from ...layers.core.optional import onnx
from ...models import Graph
from .errors import OnnxError
from .reading import OPERATORS, Node, Operand, Reader, constant

__all__ = ["load_onnx"]

_DOMAINS = ("", "ai.onnx")


def load_onnx(path: str | os.PathLike[str]) -> Graph:
    """Return the network in a file as a Graph of layers, with its weights, in training mode.

    Floating-point initializers with at least one axis are trained; constants and initializers of other kinds are not,
    and what follows from constants alone is computed at once. A node of the Graph has the name of the file's.

    Raises: OnnxError for a file that is none, an operator that is not known or not in this use, and for names twice.

    Example:
        >>> from chainrule.interchange.onnx import load_onnx
        >>> model = load_onnx("digits.onnx")                                              # doctest: +SKIP
    """
    read = onnx.load
    try:
        model = read(os.fspath(path))
        onnx.checker.check_model(model)
        model = onnx.shape_inference.infer_shapes(model)
    except OSError as error:
        raise OnnxError(f"{path} can not be read: {error.strerror or error}") from error
    except Exception as error:      # protobuf, the checker and the C++ behind them raise many kinds
        raise OnnxError(f"{path} is no valid ONNX file: {str(error).strip().splitlines()[0]}") from error
    return _File(model).graph()


class _File:
    """A parsed file, and what has been made of it so far."""

    def __init__(self, model: Any) -> None:
        self.proto = model.graph
        self.opset = next((each.version for each in model.opset_import if each.domain in _DOMAINS), 1)
        self.reader = Reader()
        self.known: dict[str, Array] = {}
        self.trained: dict[str, Parameter] = {}
        self.types = {info.name: info.type.tensor_type
                      for info in (*self.proto.input, *self.proto.value_info, *self.proto.output)}
        for info in self.proto.input:
            if not info.type.HasField("tensor_type") or _dtype(info.type.tensor_type.elem_type).kind not in "biuf":
                raise OnnxError(f"input {info.name!r}: expected an array of numbers or truth values of a type that "
                                f"NumPy has")
        if self.proto.sparse_initializer:
            raise OnnxError(f"initializer {self.proto.sparse_initializer[0].values.name!r}: expected all numbers of an "
                            f"array, got a sparse one")
        for tensor in self.proto.initializer:
            array = onnx.numpy_helper.to_array(tensor)
            if array.dtype.kind == "O":
                raise OnnxError(f"initializer {tensor.name!r}: expected numbers or truth values, got texts")
            if array.dtype.kind == "f" and array.ndim:
                self.trained[tensor.name] = Parameter(array, dtype=array.dtype)
            else:
                self.known[tensor.name] = array

    def graph(self) -> Graph:
        """Read all nodes, in the order of the file, which is one in which they can run."""
        reader = self.reader
        inputs = [each.name for each in self.proto.input if each.name not in {**self.trained, **self.known}]
        reader.values |= {name: name for name in inputs}
        reader.uses.update(name for node in self.proto.node for name in node.input)
        reader.uses.update(each.name for each in self.proto.output)
        for number, proto in enumerate(self.proto.node):
            self._read(proto, proto.name or f"{proto.op_type}_{number}")
        outputs = [reader.source(self._operand(each.name)) for each in self.proto.output]
        return Graph(inputs, reader.needed(outputs), outputs)

    def _read(self, proto: Any, name: str) -> None:
        attributes = {each.name: _attribute(each) for each in proto.attribute}
        if proto.op_type == "Constant":
            value = constant(attributes)
            if value is None:
                raise OnnxError(f"node {name!r} (Constant): expected an array of numbers, got {', '.join(attributes)}")
            self.known[proto.output[0]] = value
            return
        node = Node(proto.op_type, name, tuple(self._operand(each) if each else None for each in proto.input),
                    attributes, tuple(proto.output), self.opset)
        if proto.domain not in _DOMAINS or proto.op_type not in OPERATORS:
            domain = "" if proto.domain in _DOMAINS else f"{proto.domain}."
            raise OnnxError(f"node {name!r}: unknown operator {domain + proto.op_type!r}"
                            f"{nearest(proto.op_type, OPERATORS)}; docs/onnx.md lists those known")
        inputs = [operand for operand in node.inputs if operand is not None]
        if all(operand.value is not None for operand in inputs):
            self._compute(node)
            return
        self.reader.produced |= dict.fromkeys(node.outputs, node)
        self._name(node, self._build(self.reader, node))

    def _build(self, reader: Reader, node: Node) -> tuple[str, ...]:
        try:
            given = OPERATORS[node.operator](reader, node)
        except KeyError as missing:
            raise node.refuse(f"expected an attribute {missing}, got none") from None
        return given if isinstance(given, tuple) else (given,)

    def _compute(self, node: Node) -> None:
        """Run a node whose inputs are all constants."""
        alone = Reader()
        given = self._build(alone, node)
        nodes = alone.needed(list(given))
        results = [Graph([], nodes, [name]).eval().forward() for name in given]
        self.known |= dict(zip(node.outputs, map(np.asarray, results), strict=False))

    def _name(self, node: Node, given: tuple[str, ...]) -> None:
        for output, name in zip(node.outputs, given, strict=False):
            self.reader.values[output] = name

    def _operand(self, name: str) -> Operand:
        value, parameter = self.known.get(name), self.trained.get(name)
        if value is not None:
            return Operand(name, value, None, value.dtype.kind != "f", value.shape)
        if parameter is not None:
            return Operand(name, None, parameter, False, parameter.shape)
        kind = self.types.get(name)
        shape = None if kind is None or not kind.HasField("shape") else tuple(
            each.dim_value if each.HasField("dim_value") else None for each in kind.shape.dim)
        exact = kind is not None and kind.elem_type != 0 and _dtype(kind.elem_type).kind in "biu"
        return Operand(name, None, None, exact, shape)


def _dtype(number: int) -> np.dtype[Any]:
    dtype: np.dtype[Any] = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(number))
    return dtype


def _attribute(proto: Any) -> Any:
    value = onnx.helper.get_attribute_value(proto)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (list, tuple)) or (hasattr(value, "__len__") and not hasattr(value, "dims")):
        return [each.decode() if isinstance(each, bytes) else each for each in value]
    return onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value
