"""What flows where in a network: its layers as the nodes of a graph, with the shapes of what they give."""

import logging
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from ...layers.core import (
    ChainruleError,
    Description,
    Field,
    Layer,
    Observer,
    Shape,
    call_describe,
    flatten,
    observe,
    show_shape,
)
from ...models import Graph, Parallel, Residual, Sequential

__all__ = ["Flow", "Node", "flow_of"]

Path = tuple[str, ...]


@dataclass
class Node:
    """A box of the drawing.

    Attributes:
        kind:   "input", "output", "sum" or "layer"
        rows:   for each layer in it: its title, and the shapes it gives, without the batch axis
        name:   the name it has in its Graph, or its address
        count:  trainable numbers
        heads:  whether it begins a box: it holds weights or layers
    """

    kind: str
    rows: list[tuple[str, str]]
    name: str = ""
    count: int = 0
    heads: bool = True


@dataclass
class Flow:
    """Nodes in an order in which they can run, and edges between their numbers."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)


def flow_of(model: Layer, *input_shapes: Shape) -> Flow:
    """Return the flow through a model for inputs of these shapes, given without the batch axis; nothing is computed.

    Sequential, Graph, Parallel and Residual are taken apart, every other layer is one box. A layer without weights
    (activations, norms, pools) is drawn into the box of the layer before it, unless something else hangs on that.

    Example:
        >>> from chainrule.analysis.drawing import flow_of
        >>> from chainrule.layers import Linear, ReLU
        >>> from chainrule.models import Residual, Sequential
        >>> flow = flow_of(Sequential(Linear(4, 4), ReLU(), Residual(Linear(4, 4))), (4,))
        >>> [node.kind for node in flow.nodes], flow.edges
        (['input', 'layer', 'layer', 'sum', 'output'], [(0, 1), (1, 2), (2, 3), (1, 3), (3, 4)])
    """
    return _joined(_Walk(model, input_shapes).flow)


class _Shapes(Observer):
    def __init__(self) -> None:
        self.found: dict[Path, str] = {}

    def after_describe(self, path: Path, layer: Layer, x_shapes: tuple[Shape, ...], description: Description,
                       before: Field) -> None:
        self.found[path] = _show(description.y_shapes)


class _Walk:
    def __init__(self, model: Layer, input_shapes: tuple[Shape, ...]) -> None:
        self.flow, shapes = Flow(), _Shapes()
        try:
            with observe(shapes):
                call_describe(model, *((1, *shape) for shape in input_shapes))
        except (ChainruleError, NotImplementedError) as error:    # a layer of one's own, or other inputs
            logging.getLogger(__name__).warning("%s; the network is drawn without shapes", error)
            shapes.found.clear()
        self.shapes = shapes.found
        names = [*model.inputs, *model.optional] if isinstance(model, Graph) else [
            f"x{index}" if len(input_shapes) > 1 else "x" for index in range(len(input_shapes))]
        inputs = [self._node(Node("input", [(name, _show(((1, *shape),)))]), [])
                  for name, shape in zip(names, input_shapes, strict=False)]
        ends = self.add(model, (), inputs)
        self._node(Node("output", [("y", self.shapes.get((), ""))]), ends)

    def add(self, layer: Layer, path: Path, sources: list[int]) -> list[int]:
        """Add a layer that reads what ``sources`` give; return the nodes that give what it gives."""
        if isinstance(layer, Sequential):
            for name, child in layer.children():
                sources = self.add(child, (*path, name), sources)
            return sources
        if isinstance(layer, Graph):
            return self._graph(layer, path, sources)
        if isinstance(layer, Parallel):
            return [end for name, branch in layer.children() for end in self.add(branch, (*path, name), sources)]
        if isinstance(layer, Residual):
            ends = self.add(layer.branch, (*path, "branch"), sources)
            around = sources if layer.shortcut is None else self.add(layer.shortcut, (*path, "shortcut"), sources)
            return [self._node(Node("sum", [("+", self.shapes.get(path, ""))]), [*ends, *around])]
        inner = any(True for _ in layer.children())
        own = list(layer.parameters())
        row = (layer.title, self.shapes.get(path, ""))
        return [self._node(Node("layer", [row], ".".join(path), sum(each.size for each in own),
                                inner or any(each.data.ndim > 1 for each in own)), sources)]

    def _graph(self, graph: Graph, path: Path, sources: list[int]) -> list[int]:
        values = {name: [source] for name, source in zip([*graph.inputs, *graph.optional], sources, strict=False)}
        order = TopologicalSorter({name: flatten(read) for name, read in graph.sources.items()}).static_order()
        for name in (each for each in order if each in graph.nodes):
            read = [node for source in flatten(graph.sources[name]) for node in values.get(source, [])]
            values[name] = self.add(graph.nodes[name], (*path, name), read)
        return [node for name in graph.outputs for node in values.get(name, [])]

    def _node(self, node: Node, sources: list[int]) -> int:
        self.flow.nodes.append(node)
        number = len(self.flow.nodes) - 1
        self.flow.edges += [(source, number) for source in dict.fromkeys(sources)]
        return number


def _joined(flow: Flow) -> Flow:
    """Draw every layer without weights into the box before it, where it is the only one that reads from there."""
    host = list(range(len(flow.nodes)))
    for number, node in enumerate(flow.nodes):
        before = [source for source, target in flow.edges if target == number]
        if not node.heads and len(before) == 1:
            into = flow.nodes[host[before[0]]]
            if into.kind == "layer" and sum(source == before[0] for source, _ in flow.edges) == 1:
                host[number] = host[before[0]]
                into.rows += node.rows
                into.count += node.count
    kept = [number for number in range(len(flow.nodes)) if host[number] == number]
    places = {number: place for place, number in enumerate(kept)}
    edges = dict.fromkeys((places[host[source]], places[host[target]]) for source, target in flow.edges
                          if host[source] != host[target])
    return Flow([flow.nodes[number] for number in kept], list(edges))


def _show(shapes: tuple[Any, ...]) -> str:
    """Return shapes without the batch axis, as in ``16×8×8``."""
    return ", ".join("×".join(map(str, shape[1:])) or "1" if all(isinstance(size, int) for size in shape)
                     else show_shape(shape) for shape in shapes)
