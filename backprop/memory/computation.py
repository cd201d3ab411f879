"""A network as planners see it: how large every value is, what it costs, and what its backward step reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from ...layers import BatchNorm2d, Conv2d, ConvTranspose2d, Linear, LocalResponseNorm, MaxPool2d, ReLU
from ...layers.core import UnknownNameError, ValueRangeError
from ...models.blueprint import Blueprint

__all__ = ["Computation", "Node"]


@dataclass(frozen=True)
class Node:
    """One forward step and its value; numbers of other nodes are their places in the computation.

    Attributes:
        bytes:   of its value, and of that value's gradient
        cost:    of computing it, in any unit
        sources: the nodes whose values it reads; inputs of the network are no nodes
        reads:   the nodes whose values its backward step reads, it may be one of them itself
        own:     bytes that the forward step leaves for the backward step besides, such as a mask
        scratch: bytes that the backward step needs besides while it runs
        view:    the source whose memory its value is, or None
        passes:  whether the gradients of its sources are memory of its own gradient, as those of a sum are
    """

    name: str
    bytes: int
    cost: float = 1.0
    sources: tuple[int, ...] = ()
    reads: tuple[int, ...] = ()
    own: int = 0
    scratch: int = 0
    view: int | None = None
    passes: bool = False


@dataclass(frozen=True)
class Computation:
    """Nodes in an order in which they can run.

    Attributes:
        outputs:   nodes that the caller of the network gets
        backward:  the order of the plain backward pass, in which gradients of one value are added
        separate:  whether a further gradient of a value is an array of its own until it is added to the sum

    Example:
        >>> diamond = Computation.of({"a": (4, 1), "b": (2, 10), "c": (2, 10), "d": (4, 1)},
        ...                          [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
        >>> diamond.nodes[3].sources, diamond.nodes[3].reads
        ((1, 2), (1, 2))
    """

    nodes: tuple[Node, ...]
    outputs: tuple[int, ...] = ()
    backward: tuple[int, ...] = ()
    separate: bool = False

    def __post_init__(self) -> None:
        if not self.nodes:
            raise ValueRangeError("Computation expected at least one node, got none")
        for place, node in enumerate(self.nodes):
            if min(node.bytes, node.cost, node.own, node.scratch) < 0:
                raise ValueRangeError(f"Computation expected bytes and cost of 0 or more, got {node}")
            if any(not 0 <= source < place for source in node.sources):
                raise ValueRangeError(f"Computation expected sources before the node that reads them, got {node}")
        object.__setattr__(self, "backward", self.backward or tuple(reversed(range(len(self.nodes)))))
        object.__setattr__(self, "outputs", self.outputs or tuple(
            place for place, consumers in enumerate(self.consumers) if not consumers))

    @classmethod
    def of(cls, nodes: Mapping[str, tuple[int, float]], edges: Iterable[tuple[str, str]],
           reads: Mapping[str, Sequence[str]] | None = None) -> "Computation":
        """Return the computation of a plain description: bytes and cost of every node, and who reads whom.

        ``reads`` names what backward steps read, ``{"relu": ["relu"]}``; those of other nodes read their sources.

        Raises: UnknownNameError for a name that is no node, ValueRangeError for a cycle.
        """
        edges = [(source, target) for source, target in edges]
        for name in [*(end for edge in edges for end in edge), *(reads or {}),
                     *(each for names in (reads or {}).values() for each in names)]:
            if name not in nodes:
                raise UnknownNameError.of("node of Computation", name, list(nodes))
        sources: dict[str, list[str]] = {name: [] for name in nodes}
        for source, target in edges:
            sources[target].append(source)
        try:
            order = list(TopologicalSorter(sources).static_order())
        except CycleError as error:
            raise ValueRangeError(f"Computation expected no cycles, got {' -> '.join(error.args[1])}") from None
        place = {name: number for number, name in enumerate(order)}
        return cls(tuple(Node(name, nodes[name][0], nodes[name][1],
                              tuple(place[source] for source in sources[name]),
                              tuple(place[each] for each in (reads or {}).get(name, sources[name])))
                         for name in order))

    @classmethod
    def published(cls, drawing: Blueprint, itemsize: int = 4) -> "Computation":
        """Return the computation of a blueprint as Kusumoto et al. count: a convolution costs 10, other nodes 1.

        Convolutions, affine maps, norms and maxima read their inputs on the way back, rectifiers their output, others
        nothing; masks, parameters and workspace do not count.
        """
        places = {name: place for place, name in enumerate(drawing.nodes)}
        nodes = []
        for name, blank in drawing.nodes.items():
            sources = tuple(places[source] for source in blank.sources if source != "x")
            reads = sources if issubclass(blank.kind, _READ_THEIR_INPUT) else \
                (places[name],) if issubclass(blank.kind, ReLU) else ()
            count = 1
            for size in blank.y_shape:
                count *= size
            nodes.append(Node(name, count * itemsize, 10 if issubclass(blank.kind, Conv2d) else 1, sources, reads))
        return cls(tuple(nodes))

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For every node the nodes that read its value, once for each time they do."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for place, node in enumerate(self.nodes):
            for source in node.sources:
                found[source].append(place)
        return tuple(map(tuple, found))

    @cached_property
    def ranks(self) -> tuple[tuple[int, ...], ...]:
        """For every node the ranks of the terms of its gradient; that of an output begins with what the loss gives."""
        return tuple((*((-1,) if place in self.outputs else ()), *(self.rank[each] for each in readers))
                     for place, readers in enumerate(self.consumers))

    @cached_property
    def bytes(self) -> int:
        """The bytes of all values."""
        return sum(node.bytes for node in self.nodes)

    @cached_property
    def cost(self) -> float:
        """The cost of computing every node once."""
        return sum(node.cost for node in self.nodes)

    @cached_property
    def rank(self) -> dict[int, int]:
        """The place of every node in the plain backward pass."""
        return {node: rank for rank, node in enumerate(self.backward)}


_READ_THEIR_INPUT = (Conv2d, ConvTranspose2d, Linear, BatchNorm2d, LocalResponseNorm, MaxPool2d)
