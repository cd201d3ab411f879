"""Wrong backwards of containers: links that are skipped, paths that are forgotten, calls that are confused."""

from typing import Any

from ...layers import Add, Linear, Multiply, Tanh
from ...layers.core import Array, call_back, flatten
from ...models import Graph, Parallel, Residual, Sequential
from .mutant import Subject

__all__ = ["SUBJECTS"]


def twice() -> Sequential:
    """Return a network that uses one layer at two places."""
    shared = Linear(3, 3)
    return Sequential(shared, Tanh(), shared)


sequential = Subject(Sequential, twice, ((4, 3),))
residual = Subject(Residual, lambda: Residual(Sequential(Linear(3, 3), Tanh())), ((4, 3),))
parallel = Subject(Parallel, lambda: Parallel(Linear(3, 2), Linear(3, 4)), ((4, 3),))
graph = Subject(Graph, lambda: Graph(["x", "y"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "y")}, ["f"]),
                ((4, 3), (4, 3)))

SUBJECTS = (sequential, residual, parallel, graph)


@sequential.wrong("cache")
def layer_goes_back_at_its_last_call(self: Sequential, grad_out: Any) -> Any:
    """A layer used twice goes back both times with what its last call left, not with what each call left."""
    last = {id(entry.layer): entry for entry in self.saved()}
    for entry in reversed(self.saved()):
        grad_out = call_back(entry.layer, last[id(entry.layer)], grad_out)
    return grad_out if self.needs_input_grad else None


@sequential.wrong("path")
def activation_skipped(self: Sequential, grad_out: Any) -> Any:
    """The gradient goes past the activation function without being multiplied by its slope (BP2)."""
    for entry in reversed(self.saved()):
        if isinstance(entry.layer, Linear):
            grad_out = call_back(entry.layer, entry, grad_out)
    return grad_out if self.needs_input_grad else None


@sequential.wrong("upstream")
def starts_with_ones(self: Sequential, grad_out: Any) -> Any:
    """The way back starts with ones instead of the gradient that came from above."""
    return Sequential.backward(self, grad_out * 0 + 1)


@residual.wrong("path")
def shortcut_forgotten(self: Residual, grad_out: Any) -> Any:
    """Only the branch gets a gradient; the way around it, the point of a residual block, is forgotten."""
    grad_x = Residual.backward(self, grad_out)
    return None if grad_x is None else grad_x - grad_out.astype(grad_x.dtype)


@residual.wrong("path")
def branch_forgotten(self: Residual, grad_out: Any) -> Any:
    """The input gets the gradient of the way around only."""
    grad_x = Residual.backward(self, grad_out)
    return None if grad_x is None else grad_out.astype(grad_x.dtype)


@residual.wrong("mean")
def ways_averaged(self: Residual, grad_out: Any) -> Any:
    """The gradients of the two ways are averaged where they must be added."""
    grad_x = Residual.backward(self, grad_out)
    return None if grad_x is None else grad_x / 2


@parallel.wrong("accumulate")
def last_branch_counts(self: Parallel, grad_out: Any) -> Any:
    """The gradient of the input is overwritten by every branch; the last one stays."""
    entries = self.saved()
    grads = [call_back(entry.layer, entry, grad) for entry, grad in zip(entries, flatten(grad_out), strict=True)
             if grad is not None]
    return grads[-1] if self.needs_input_grad else None


@parallel.wrong("mean")
def branches_averaged(self: Parallel, grad_out: Any) -> Any:
    """The gradients of the branches are averaged where they must be added."""
    grad_x: Array | None = Parallel.backward(self, grad_out)
    return None if grad_x is None else grad_x / len(self.branches)


@graph.wrong("accumulate")
def value_used_twice_overwritten(self: Graph, grad_out: Any) -> Any:
    """The value y is read by two nodes; the gradient from the second is lost where both must be added."""
    grads = Graph.backward(self, grad_out)
    return None if grads is None else (grads[0], grads[1] - grads[0])
