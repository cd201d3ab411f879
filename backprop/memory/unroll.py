"""A model taken apart: containers opened up to the single calls of layers, and what each call keeps."""

from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from ...layers import Add, Concat, Identity
from ...layers.core import Array, Description, Layer, Shape, ShapeError, as_dtype, call_describe, show_shape
from ...models import Graph, Parallel, Residual, Sequential
from .computation import Computation, Node

__all__ = ["Argument", "Call", "Unrolled", "unroll"]


class Argument(NamedTuple):
    """What a call reads: the value of a node, or of input ``-1 - source``, whole or each of its outputs on its own."""

    source: int
    how: str = "each"       # "each": y spread as by Sequential, "leaves": as by Graph, "whole"


@dataclass
class Call:
    """A call of a layer: where it stands, its arguments (nested as the layer takes them), its rank on the way back."""

    path: str
    layer: Layer
    arguments: tuple[Any, ...]
    description: Description
    rank: int = -1


@dataclass
class Unrolled:
    """The calls of a model in the order they run, and what it returns."""

    calls: list[Call] = field(default_factory=list)
    outputs: tuple[Argument, ...] = ()
    x_shapes: tuple[Any, ...] = ()

    def shapes(self, argument: Any) -> tuple[Any, ...]:
        """Return the shapes of what an argument hands over, one for each array; a nested argument is one of them."""
        if not isinstance(argument, Argument):
            return (tuple(shape for each in argument for shape in self.shapes(each)),)
        return (self.x_shapes[-1 - argument.source],) if argument.source < 0 else \
            self.calls[argument.source].description.y_shapes

    def add(self, path: str, layer: Layer, arguments: tuple[Any, ...]) -> tuple[Argument, ...]:
        """Append a call; return the argument that its value is to those behind."""
        shapes = tuple(shape for argument in arguments for shape in self.shapes(argument))
        self.calls.append(Call(path, layer, arguments, call_describe(layer, *shapes)[0]))
        return (Argument(len(self.calls) - 1),)

    def computation(self, itemsize: int) -> Computation:
        """Return what planners need to know; the cost is multiply-adds, where passing over memory counts a little."""
        order = sorted(range(len(self.calls)), key=lambda place: self.calls[place].rank)
        return Computation(tuple(self._node(place, itemsize) for place in range(len(self.calls))),
                           tuple(sorted({each.source for each in leaves(self.outputs) if each.source >= 0})),
                           tuple(order), separate=True)

    def _node(self, place: int, itemsize: int) -> Node:
        call = self.calls[place]
        sizes = [prod(shape) for shape in call.description.y_shapes]
        arrays = [(each.source, prod(shape)) for each in leaves(call.arguments) for shape in self.shapes(each)]
        roles = {f"x{index}": source for index, (source, _) in enumerate(arrays)} | {
            f"y{index}": place for index in range(len(sizes))}
        kept = call.description.kept
        viewed = {None if index is None else arrays[index][0] for index in call.description.views}
        view = viewed.pop() if len(viewed) == 1 else None
        return Node(call.path, sum(sizes) * itemsize, call.description.multiply_adds + _PASS * sum(sizes),
                    tuple(each.source for each in leaves(call.arguments) if each.source >= 0),
                    tuple({roles[each.name] for each in kept if roles.get(each.name, -1) >= 0}),
                    own=sum(each.size * (each.itemsize or itemsize) for each in kept if each.name not in roles),
                    scratch=sum(size for source, size in arrays if source < 0) * itemsize,
                    view=view if view is not None and view >= 0 else None,
                    passes=view is not None or isinstance(call.layer, (Add, Concat, Join)))


class Join(Layer):
    """The sum at the end of a ``Residual``, ``y = branch + around``, in the dtype of the branch."""

    locally_linear = True

    def forward(self, branch: Array, around: Array) -> Array:
        if branch.shape != around.shape:
            raise ShapeError(f"Residual expected branch and shortcut to end in one shape, got "
                             f"{show_shape(branch.shape)} and {show_shape(around.shape)}")
        self.cache = ()
        return as_dtype(branch + around, branch.dtype)

    def backward(self, grad_out: Array) -> tuple[Array, Array]:
        self.saved()
        return grad_out, grad_out

    def describe(self, *x_shapes: Shape) -> Description:
        return self.description(x_shapes[0])


def leaves(arguments: Any) -> tuple[Argument, ...]:
    """Return the arguments in nested tuples of them, depth first."""
    return (arguments,) if isinstance(arguments, Argument) else tuple(
        leaf for each in arguments for leaf in leaves(each))


def unroll(model: Layer, *x_shapes: Any) -> Unrolled:
    """Take a model apart for inputs of these shapes, the batch axis included.

    ``Sequential``, ``Parallel``, ``Residual`` and ``Graph`` are opened up, at any depth; every other layer is one call.

    Raises: ShapeError with the address of the layer whose input does not fit.
    """
    call_describe(model, *x_shapes)             # errors with the container's own addresses
    found = Unrolled(x_shapes=x_shapes)
    found.outputs, order = _open(found, model, "", tuple(Argument(-1 - i) for i in range(len(x_shapes))), False)
    for rank, place in enumerate(order):
        found.calls[place].rank = rank
    return found


def _open(found: Unrolled, layer: Layer, path: str, given: tuple[Any, ...],
          shared: bool) -> tuple[tuple[Any, ...], list[int]]:
    """Append the calls of a layer on ``given``; return what it returns, and its calls in the order of the way back.

    Where a container's inputs are ``shared`` with others, an Identity in front gathers the gradients from inside, so
    that they are added up before those from outside are: sums of floating-point numbers depend on their order.
    """
    if type(layer) is Sequential:
        orders = []
        for name, child in layer.children():
            before = given
            given, order = _open(found, child, _join(path, name), given, shared)
            shared = shared and given == before
            orders.append(order)
        return given, _backwards(orders)
    opens = type(layer) in (Parallel, Residual, Graph) and all(len(found.shapes(each)) == 1 for each in given)
    if not opens:
        return found.add(path, layer, given), [len(found.calls) - 1]
    forks: list[int] = []
    if shared:
        given = tuple(found.add(path, Identity(), (each,))[0] for each in given)
        forks = [each.source for each in given]
    if isinstance(layer, Graph):
        outputs, order = _open_graph(found, layer, path, given)
        return outputs, [*order, *forks]
    if isinstance(layer, Parallel):
        results = [_open(found, child, _join(path, name), given, True) for name, child in layer.children()]
        return (tuple(outputs[0]._replace(how="whole") if len(outputs) == 1 else outputs for outputs, _ in results),
                [*(place for _, order in results for place in order), *forks])
    if isinstance(layer, Residual):
        branch, order = _open(found, layer.branch, _join(path, "branch"), given, True)
        around, order_around = (given, []) if layer.shortcut is None else \
            _open(found, layer.shortcut, _join(path, "shortcut"), given, True)
        joined = found.add(path, Join(), (*branch, *around))
        return joined, [joined[0].source, *order, *order_around, *forks]
    return found.add(path, layer, given), [len(found.calls) - 1]


def _open_graph(found: Unrolled, graph: Graph, path: str,
                given: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int]]:
    names = [*graph.inputs, *graph.optional]
    values: dict[str, tuple[Any, ...]] = dict.fromkeys(names, ()) | {
        name: (argument,) for name, argument in zip(names, given, strict=False)}

    def read(sources: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(argument for source in sources for argument in (
            [each._replace(how="leaves") for each in leaves(values[source])] if isinstance(source, str)
            else [read(tuple(source))]))

    orders = []
    for name in graph._order:
        values[name], order = _open(found, graph.nodes[name], _join(path, name), read(graph.sources[name]), True)
        orders.append(order)
    outputs = tuple(each for name in graph.outputs for each in leaves(values[name]))
    if path:                                    # what lies behind the graph adds up its own gradients first
        outputs = tuple(found.add(path, Identity(), (each,))[0] for each in outputs)
        orders.append([each.source for each in outputs])
    return outputs, _backwards(orders)


def _backwards(orders: list[list[int]]) -> list[int]:
    return [place for order in reversed(orders) for place in order]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_PASS = 4       # multiply-adds that reading and writing a number costs as much time as
