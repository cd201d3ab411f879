"""Backpropagation through a long sequence in little memory: some states are stored, the steps between run again."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Description, Entry, Layer, check_choice, check_size, flatten, replay
from .schedule import POLICIES, TimePlan
from .unrolled import Unrolled, check_steps

__all__ = ["CheckpointedTime"]


class Stored(NamedTuple):
    """What was stored after so many steps: the state, how to go on from it, and for some the cache of that step."""

    steps: int
    state: Any
    slots: int
    walk: Callable[..., None]
    entry: Entry | None


class CheckpointedCache(NamedTuple):
    """The input, how many states were given, and what is stored; going back takes from the stack and puts on it."""

    x: Array
    given: int
    stack: list[Stored]


class CheckpointedTime(Unrolled):
    """A cell at every step of a sequence, of which ``slots`` states are kept at a time: the rest runs again.

    It gives the very numbers of ``Unrolled``: generators are rewound and buffers left alone when steps run again. A
    slot holds a hidden state; with ``policy="mixed"`` (or ``"internal"``) ``internal_slots`` of them may hold the whole
    cache of a step instead, so that this step need not run again. ``plan(length).steps()`` tells the forward steps.

    Shapes:
        as Unrolled

    Gradients:
        as Unrolled, bit by bit

    Cost: ``plan(L).steps()`` forward and L backward steps of the cell; keeps ``x`` and at most ``slots`` states. The
    output of every step is the caller's memory: with ``return_sequences=False`` there is none.

    Source: Gruslys, Munos, Danihelka, Lanctot & Graves 2016, "Memory-efficient backpropagation through time".

    Example:
        >>> from chainrule.backprop import CheckpointedTime
        >>> rnn = CheckpointedTime(LSTMCell(3, 4), slots=5)
        >>> output, (h, c) = rnn.forward(np.ones((100, 2, 3), np.float32))
        >>> rnn.backward((np.ones_like(output), None, None)).shape, rnn.plan(100).steps()
        ((100, 2, 3), 416)
    """

    def __init__(self, cell: Layer, slots: int, policy: str = "hidden", internal_slots: int = 1,
                 return_sequences: bool = True) -> None:
        super().__init__(cell, return_sequences)
        self.slots = check_size(slots, "slots", "CheckpointedTime")
        self.policy = check_choice(policy, POLICIES, name="policy", owner="CheckpointedTime")
        self.internal_slots = check_size(internal_slots, "internal_slots", "CheckpointedTime")
        self._plan: TimePlan | None = None

    def plan(self, length: int) -> TimePlan:
        """Return the schedule for sequences of this length, made once for the longest so far."""
        if self._plan is None or self._plan.length < length:
            self._plan = TimePlan(length, self.slots, self.policy, self.internal_slots)
        return self._plan

    def forward(self, x: Array, hx: Any = None) -> Any:
        check_steps(x.shape, self)
        self.cache = None
        outputs: list[Array] | None = [] if self.return_sequences else None
        walk = _Walk(self, self.plan(len(x)))
        stack = [Stored(0, hx, self.slots, replay(walk), None)]
        state = walk.forward(x, stack, len(x), outputs)
        self.cache = CheckpointedCache(x, 0 if hx is None else len(flatten(hx)), stack)
        return state if outputs is None else (np.stack(outputs), state)

    def backward(self, grad_out: Any) -> Any:
        x, given, stack = self.saved()
        return self._walk_back(grad_out, _entries(x, stack), x.shape, given)

    def describe(self, *x_shapes: Any) -> Description:
        """What the walk there leaves stored."""
        check_steps(x_shapes[0], self)
        length = x_shapes[0][0]
        stretches = list(self.plan(length).stretches(length, self.slots))
        return self._described(x_shapes, sum(each.cache for each in stretches), sum(each.state for each in stretches))


class _Walk(Layer):
    """The steps from what was stored last to the end of a stretch; a layer, so that ``replay`` can run it again."""

    def __init__(self, owner: CheckpointedTime, plan: TimePlan) -> None:
        self.owner = owner
        self.plan = plan

    def forward(self, x: Array, stack: list[Stored], stop: int, outputs: list[Array] | None = None) -> Any:
        """Store on the way what the plan says, at the end the cache of the last step; return the last state."""
        at, state, slots, _, _ = stack[-1]
        for stretch in self.plan.stretches(stop - at, slots):
            for t in range(at, at + stretch.steps):
                entry = None                                # the one before is not needed any more
                state, entry = self.owner.step(x[t], state)
                if outputs is not None:
                    outputs.append(flatten(state)[0])
            at += stretch.steps
            if stretch.state or stretch.cache:
                stack.append(Stored(at, state if stretch.state else None, stretch.slots, replay(self),
                                    entry if stretch.cache else None))
        return state


def _entries(x: Array, stack: list[Stored]) -> Iterator[Entry]:
    """Yield the entries of all steps, the last one first; the first state stays on the stack for another way back."""
    stop = len(x)
    while stop:
        top = stack[-1]
        if top.steps < stop:
            top.walk(x, stack, stop)
            continue
        stack.pop()
        if top.entry is not None:
            yield top.entry
            stop -= 1
