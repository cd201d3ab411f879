"""One recurrent layer in one direction: the walk over time, forward and back, that every type of cell shares."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from ..core import Array, Kept, Layer, Parameter, Shape, Size, default_rng
from ..kernels import add_grad, compiled, empty, product
from .pieces import cut, multiply

__all__ = ["Recurrence", "Step", "Trace", "add_parameters", "blocks", "walk", "walk_back"]


class Trace(NamedTuple):
    """The input of a walk, what its steps kept, and every state: (L + 1, N, size), before and after each step."""

    x: Array
    kept: tuple[Array, ...]
    states: tuple[Array, ...]


class Step(NamedTuple):
    """What one step kept, and the states before and after it; or the tangents of these."""

    kept: Sequence[Array]
    before: Sequence[Array]
    after: Sequence[Array]


class Recurrence:
    """The weights of one layer in one direction, and the walk with them over L steps of N sequences.

    A type of cell writes ``step``, which turns the states before a step into those after it, and ``step_back``, its
    derivative. Both write into the arrays they are given, which are rows of arrays for all steps: so every product
    that need not wait for the step before, weight gradients among them, is one product for all steps.

    Shapes:
        x:         (L, N, input_size)
        weight_ih: (gates·hidden_size, input_size)
        weight_hh: (gates·hidden_size, size of h)
        weight_hr: (size of h, hidden_size), only where h is a projection

    Source: Werbos 1990, "Backpropagation through time"; names and numbers of torch.nn.
    """

    gates: ClassVar[int]                            # blocks of hidden_size rows in the weights
    keeps: ClassVar[int]                            # blocks of hidden_size numbers that a step keeps for the way back
    state_names: ClassVar[tuple[str, ...]] = ("h",)
    hidden_apart: ClassVar[bool] = False            # whether what comes from h is not just added to what comes from x

    weights: Array      # weight_hh, in the pieces that the walk under way multiplies by: transposed on the way there

    def __init__(self, layer: Layer, suffix: str = "", number: int = 0) -> None:
        self.suffix, self.number = suffix, number
        self.reverse = suffix.endswith("_reverse")
        self.weight_ih: Parameter = getattr(layer, f"weight_ih{suffix}")
        self.weight_hh: Parameter = getattr(layer, f"weight_hh{suffix}")
        self.bias_ih: Parameter | None = getattr(layer, f"bias_ih{suffix}")
        self.bias_hh: Parameter | None = getattr(layer, f"bias_hh{suffix}")
        self.weight_hr: Parameter | None = getattr(layer, f"weight_hr{suffix}", None)
        self.hidden_size = self.weight_hh.shape[0] // self.gates
        self.sizes = (self.weight_hh.shape[1], self.hidden_size)[:len(self.state_names)]

    def step(self, hidden: Array, kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array]) -> None:
        """Write the states ``after`` a step; ``kept[0]`` holds what comes from x, ``hidden`` what comes from h."""
        raise NotImplementedError(f"{type(self).__name__}.step")

    def step_back(self, grad_gates: Array, grad_hidden: Array, grads: Sequence[Array], kept: Sequence[Array],
                  before: Sequence[Array], after: Sequence[Array]) -> None:
        """Turn ``grads``, gradients of the states after a step, into those before it; write the gates' gradients."""
        raise NotImplementedError(f"{type(self).__name__}.step_back")

    def step_jvp(self, hidden_dot: Array, at: Step, dot: Step) -> None:
        """Write the tangents of what a step keeps and leaves; ``dot.kept[0]`` holds what comes from x."""
        raise NotImplementedError(f"{type(self).__name__}.step_jvp")

    def step_back_jvp(self, grad_gates_dot: Array, grad_hidden_dot: Array, grads: Sequence[Array],
                      grads_dot: Sequence[Array], at: Step, dot: Step) -> None:
        """Write the tangents of the gates' gradients, given the ``grads`` of the states after the step.

        Leaves of ``grads_dot`` what reaches the states before the step past ``weight_hh``.
        """
        raise NotImplementedError(f"{type(self).__name__}.step_back_jvp")

    def forward(self, x: Array, states: Sequence[Array], alive: Sequence[int]) -> Trace:
        """Walk over ``x``, at step t with the first ``alive[t]`` sequences; ``states`` change in place.

        Row ``number`` of ``states`` goes from what holds before the first step to what holds after the last.
        """
        length, batch, _ = x.shape
        held = tuple(empty((length + 1, batch, size), x.dtype) for size in self.sizes)
        first, last = (-1, 0) if self.reverse else (0, -1)
        before, after = self.sides(held)
        for steps, state in zip(held, states, strict=True):
            steps[first] = state[self.number]
        kept = self.room(length, batch, after)
        product(_rows(x), self.weight_ih.data.T, out=_rows(kept[0]))
        self.weights = self._cut(self.weight_hh.data.T, x)
        walk(self, kept, before, after, alive)
        for steps, state in zip(held, states, strict=True):
            state[self.number] = steps[last]
        return Trace(x, kept, held)

    def backward(self, trace: Trace, grad_y: Array | None, grads: Sequence[Array], alive: Sequence[int],
                 needs_input_grad: bool) -> Array | None:
        """Return the gradient of ``x``; ``grads`` change in place, from those of the last states to the first ones'."""
        x, kept, held = trace
        length, batch, _ = x.shape
        before, after = self.sides(held)
        grad_gates = empty((length, batch, self.gates * self.hidden_size), x.dtype)
        grad_hidden = empty(grad_gates.shape, x.dtype) if self.hidden_apart else grad_gates
        self.weights = self._cut(self.weight_hh.data, x)
        walk_back(self, grad_gates, grad_hidden, grad_y, [grad[self.number] for grad in grads], kept, before, after,
                  alive)
        ones = np.ones((1, length * batch), x.dtype)
        for weight, bias, grad, source in ((self.weight_ih, self.bias_ih, grad_gates, x),
                                           (self.weight_hh, self.bias_hh, grad_hidden, before[0])):
            if weight.requires_grad:
                add_grad(weight, _rows(grad).T, _rows(source))
            if bias is not None and bias.requires_grad:
                product(ones, _rows(grad), out=bias.grad[None], keep=True)
        if not needs_input_grad:
            return None
        grad_x = empty(x.shape, x.dtype)
        product(_rows(grad_gates), self.weight_ih.data, out=_rows(grad_x))
        return grad_x

    def outputs(self, trace: Trace) -> Array:
        """Return h after every step, (L, N, size of h)."""
        return self.sides(trace.states)[1][0]

    def room(self, length: int, batch: int, after: Sequence[Array]) -> tuple[Array, ...]:
        """Return the arrays that steps fill for the way back; what comes from x goes into the first."""
        return (empty((length, batch, self.gates * self.hidden_size), after[0].dtype),)

    @cached_property
    def bias(self) -> Array:
        """The biases that are just added to the gates, zero if there are none."""
        if self.bias_ih is None or self.bias_hh is None:
            return np.zeros(len(self.weight_ih.data), self.weight_ih.dtype)
        return self.bias_ih.data + self.bias_hh.data

    def multiply_adds(self) -> int:
        """Return the multiply-adds of one step of one sequence: every weight is used once."""
        return self.weight_ih.size + self.weight_hh.size + (0 if self.weight_hr is None else self.weight_hr.size)

    def memory(self, length: int, batch: int) -> tuple[Kept, ...]:
        """Return what a trace holds beside the input."""
        gates = Kept(f"gates{self.suffix}", length * batch * self.keeps * self.hidden_size)
        return (gates, *(Kept(f"{name}{self.suffix}", (length + 1) * batch * size)
                         for name, size in zip(self.state_names, self.sizes, strict=True)))

    def blocks(self, gates: Array) -> Array:
        """Return the gates one by one: (N, gates·hidden_size) -> (gates, N, hidden_size)."""
        return blocks(gates, self.gates)

    def _cut(self, matrix: Array, x: Array) -> Array:
        length, batch, _ = x.shape
        return cut(matrix, batch) if length > 1 else matrix[None]       # the copy pays for itself within a few steps

    def order(self, length: int) -> range:
        """Return the steps in the order of the walk."""
        return range(length)[::-1] if self.reverse else range(length)

    def sides(self, states: Sequence[Array]) -> tuple[list[Array], list[Array]]:
        """Return the states before and after every step, in the order of time, whichever way the walk goes."""
        early, late = [state[:-1] for state in states], [state[1:] for state in states]
        return (late, early) if self.reverse else (early, late)


@compiled
def walk(cell: Recurrence, kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array],
         alive: Sequence[int]) -> None:
    """Take all steps, each with the first ``alive[t]`` sequences; the states of the others stay."""
    length, batch, width = kept[0].shape[0], kept[0].shape[1], cell.gates * cell.hidden_size
    hidden = np.empty((batch, width), kept[0].dtype)
    for t in cell.order(length):
        n = alive[t]
        multiply(before[0][t, :n], cell.weights, out=hidden[:n])
        cell.step(hidden[:n], _at(kept, t, n), _at(before, t, n), _at(after, t, n))
        if n < batch:
            for old, new in zip(before, after, strict=True):
                new[t, n:] = old[t, n:]


@compiled
def walk_back(cell: Recurrence, grad_gates: Array, grad_hidden: Array, grad_y: Array | None, grads: Sequence[Array],
              kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array], alive: Sequence[int]) -> None:
    """Take all steps back: turn ``grads``, of the last states, into those of the first; write the gates' gradients."""
    length, batch = grad_gates.shape[:2]
    for t in reversed(cell.order(length)):
        n = alive[t]
        if n < batch:
            grad_gates[t, n:], grad_hidden[t, n:] = 0, 0
        here = [grad[:n] for grad in grads]
        if grad_y is not None:
            here[0] += grad_y[t, :n]
        cell.step_back(grad_gates[t, :n], grad_hidden[t, :n], here, _at(kept, t, n), _at(before, t, n),
                       _at(after, t, n))


def _at(arrays: Sequence[Array], t: int, n: int) -> list[Array]:
    return [array[t, :n] for array in arrays]


def _rows(array: Array) -> Array:
    return array.reshape(-1, array.shape[-1])       # (L, N, size) -> (L·N, size)


def blocks(gates: Array, count: int) -> Array:
    """Return the gates one by one: (N, count·hidden_size) -> (count, N, hidden_size)."""
    batch, width = gates.shape
    return gates.reshape(batch, count, width // count).swapaxes(0, 1)


def add_parameters(layer: Layer, suffix: str, gates: int, input_size: Size, hidden_size: Size, bias: bool,
                   proj_size: int = 0, rng: np.random.Generator | None = None) -> None:
    """Give a layer the weights of one recurrence, drawn from the interval ±1 / sqrt(hidden_size)."""
    bound = 1 / math.sqrt(hidden_size)
    rows = gates * hidden_size
    shapes: dict[str, Shape] = {"weight_ih": (rows, input_size), "weight_hh": (rows, proj_size or hidden_size)}
    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
    shapes |= {"weight_hr": (proj_size, hidden_size)} if proj_size else {}
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"):
        drawn = Parameter(default_rng(rng).uniform(-bound, bound, shapes[name])) if name in shapes else None
        setattr(layer, f"{name}{suffix}", drawn)
