"""A network on its way to a file: the nodes written so far, and the names that values have there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....layers.core import Array, Layer, Parameter, Shape, flatten
from ....layers.core.optional import onnx
from ..errors import OnnxError

__all__ = ["Exporter", "Exporters", "Value", "Writer"]


class Value(NamedTuple):
    """A value of the file: its name, and its shape for two sizes of the batch, which tell what depends on it."""

    name: str
    shape: Shape
    larger: Shape

    @property
    def sizes(self) -> list[int]:
        """The sizes of the axes, -1 where they depend on the batch."""
        return [size if size == other else -1 for size, other in zip(self.shape, self.larger, strict=True)]

    def __str__(self) -> str:
        return self.name


Exporter = Callable[..., Any]           # (writer, layer, *values) -> the names of its outputs
Exporters = Mapping[type[Layer], Exporter]


class Writer:
    """Collects the nodes and weights of a file; an exporter of the ``table`` adds those of its layer."""

    def __init__(self, model: Layer, table: Exporters, reasons: Mapping[str, str], dtype: npt.DTypeLike) -> None:
        self.table, self.reasons, self.dtype = table, reasons, np.dtype(dtype)
        self.nodes: list[Any] = []
        self.weights: dict[str, Array] = {}
        self.path = ""
        self._names = {id(parameter): name for name, parameter in model.named_parameters()}
        self._kept: list[Parameter] = []
        self._taken: set[str] = set()
        self._constants: dict[Any, str] = {}

    def add(self, operator: str, *inputs: Any, outputs: int = 1, name: str = "", **attributes: Any) -> Any:
        """Add a node; return the name of its output, a list of them if there are several."""
        given = {key: value for key, value in attributes.items() if value is not None}
        name = self._unique(name or f"{self.path}.{operator}".strip("."))
        results = [f"{name}.y" if outputs == 1 else f"{name}.y{number}" for number in range(outputs)]
        self.nodes.append(onnx.helper.make_node(operator, [str(each) for each in inputs], results, name=name, **given))
        return results[0] if outputs == 1 else results

    def main(self, operator: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Any:
        """Add the node that stands for the layer itself, under the layer's name."""
        return self.add(operator, *inputs, outputs=outputs, name=self.path or operator, **attributes)

    def constant(self, value: Any, dtype: npt.DTypeLike | None = None) -> str:
        """Return the name of a constant, in the network's dtype unless told otherwise."""
        array = np.asarray(value, self.dtype if dtype is None else dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = self.add("Constant", value=onnx.numpy_helper.from_array(array),
                                            name=f"constant{len(self._constants)}")
        return self._constants[key]

    def whole(self, *values: int) -> str:
        """Return the name of a constant array of whole numbers."""
        return self.constant(values, np.int64)

    def weight(self, parameter: Parameter) -> str:
        """Return the name of a parameter, that of the state dict."""
        return self.trained(self._names.get(id(parameter), f"{self.path}.weight"), parameter.data)

    def name(self, parameter: Parameter, name: str) -> None:
        """Give a parameter that the model itself does not have a name."""
        self._names[id(parameter)] = name
        self._kept.append(parameter)            # as long as it lives, nothing else has its id

    def inside(self, layer: Layer, *x: Value) -> Any:
        """Write a layer in the place of the one that asks."""
        return self._exporter(layer)(self, layer, *x)

    def trained(self, name: str, values: Array) -> str:
        """Return the name of an array that is written among the weights."""
        self.weights[name] = np.ascontiguousarray(values)
        return name

    def reshape(self, x: Any, *sizes: int) -> str:
        """Add a node that gives a value another shape, with -1 where it depends on the batch."""
        return str(self.add("Reshape", x, self.whole(*sizes)))

    def scaled(self, x: Any, factor: float) -> str:
        """Add a node that multiplies by a number."""
        return str(x) if factor == 1 else str(self.add("Mul", x, self.constant(factor)))

    def transpose(self, x: Any, *perm: int) -> str:
        """Add a node that puts axes in another order."""
        return str(self.add("Transpose", x, perm=perm))

    def batched(self, x: Value, axes: int, write: Callable[[Any], str]) -> str:
        """Write what needs a batch axis in front of ``axes`` others, also for a value without one."""
        if len(x.shape) > axes:
            return write(x)
        zero = self.whole(0)
        return str(self.add("Squeeze", write(self.add("Unsqueeze", x, zero)), zero))

    def layer(self, name: str, layer: Layer, *x: Any) -> tuple[Value, ...]:
        """Write a layer that reads values, nested as ``forward`` takes them; return what it gives.

        Raises: OnnxError for a layer that has no exporter.
        """
        outer, self.path = self.path, f"{self.path}.{name}".strip(".")
        try:
            exporter = self._exporter(layer)
            described = [layer.describe(*(_shapes(each, size) for each in x)).y_shapes for size in (1, 2)]
            names = exporter(self, layer, *flatten(x))
            names = [names] if isinstance(names, (str, Value)) else list(names)
            return tuple(Value(str(each), *shapes) for each, shapes in zip(names, zip(*described, strict=True),
                                                                           strict=True))
        finally:
            self.path = outer

    def _exporter(self, layer: Layer) -> Exporter:
        for kind in type(layer).__mro__:
            if kind in self.table:
                return self.table[kind]
        reason = self.reasons.get(type(layer).__name__, "nobody has written its exporter")
        raise OnnxError(f"layer {self.path!r} ({layer.title}) can not be written to ONNX: {reason}")

    def refuse(self, layer: Layer, reason: str) -> OnnxError:
        """Return the error for an option of a layer that no operator has."""
        return OnnxError(f"layer {self.path!r} ({layer.title}) can not be written to ONNX: {reason}")

    def needed(self, outputs: list[str]) -> Iterator[Any]:
        """Yield the nodes that outputs depend on, in their order."""
        wanted, kept = set(outputs), []
        for node in reversed(self.nodes):
            if wanted.intersection(node.output):
                wanted.update(node.input)
                kept.append(node)
        yield from reversed(kept)

    def _unique(self, name: str) -> str:
        chosen, number = name, 1
        while chosen in self._taken:
            number += 1
            chosen = f"{name}_{number}"
        self._taken.add(chosen)
        return chosen


def _shapes(x: Any, place: int) -> Any:
    """Return the shapes of nested values for one of the two sizes of the batch."""
    if isinstance(x, tuple) and not isinstance(x, Value):
        return tuple(_shapes(each, place) for each in x)
    return () if x is None else x[place]
