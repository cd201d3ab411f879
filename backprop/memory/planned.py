"""A model that runs by a schedule: values are dropped where the plan says so, and computed again on the way back."""

import re
from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

from ...layers.core import (
    Description,
    Entry,
    Kept,
    Layer,
    Shape,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    flatten,
    replay,
)
from ...layers.kernels import lent, limit
from ...models import Parallel
from ..view import View
from .gradients import Gradient, added, alone, arrays_in, first_array, grad_of
from .hollow import filled, hollow
from .liveness import frees, last_uses
from .ordered_sum import OrderedSum
from .plan import Plan
from .unroll import Argument, leaves

__all__ = ["Planned"]


class PlannedCache(NamedTuple):
    """What the forward pass left: values and hollow caches by node, and how to run the calls again.

    Going back uses values and caches up. ``again`` runs the whole model once more, for a second way back from the
    same place or for forward mode; ``whole`` then holds its entry. ``most`` is what the kernels' memory may fill.
    """

    x: tuple[Any, ...]
    values: list[Any]
    entries: list[Entry | None]
    calls: dict[int, Callable[..., Any]]
    again: Callable[..., Any]
    whole: list[Entry]
    most: int


class Planned(View):
    """A model that trains in less memory: the same numbers, bit for bit, by another schedule.

    Its layers are the model's own, under the names they have there, so weights are saved and loaded as the model's.
    Calls that are repeated are replayed: a dropout draws the mask it drew, running statistics see a batch once.

    Attributes:
        model: the model it wraps
        plan:  the schedule, which prints and draws itself

    Gradients:
        those of the model; terms of a sum are added in the order in which the model's own containers add them

    Cost: forward, ``plan.cost`` times the model's; going back a second time from one forward pass costs another one.

    Source: Kusumoto et al. 2019, section 3 (canonical strategies, liveness).

    Example:
        >>> from chainrule.layers import Linear, Tanh
        >>> layers = [layer for _ in range(8) for layer in (Linear(64, 64), Tanh())]
        >>> model = plan(Sequential(*layers), (32, 64), budget="60%")
        >>> model.forward(np.ones((32, 64), np.float32)).shape, model.plan.peak <= 0.6 * model.plan.plain_peak
        ((32, 64), True)
    """

    def __init__(self, model: Layer, plan: Plan) -> None:
        super().__init__(model)
        self.plan = plan
        self._frees = frees(plan.computation, plan.schedule)

    def forward(self, *x: Any) -> Any:
        self.cache = None
        calls = self.plan.unrolled.calls
        cache = PlannedCache(x, [None] * len(calls), [None] * len(calls), {}, replay(self.model), [],
                             lent() + _share(self.plan.peak))
        with limit(cache.most):
            for number in range(self.plan.turn):
                self._compute(cache, self.plan.schedule[number])
                self._free(cache, number)
        y = _values(cache, self.plan.unrolled.outputs)
        self.cache = cache
        return y[0] if len(y) == 1 and not isinstance(self.model, Parallel) else y

    def backward(self, grad_out: Any) -> Any:
        cache: PlannedCache = self.saved()
        if not cache.values:
            return call_back(self.model, self._whole(cache), grad_out, needs_input_grad=self.needs_input_grad)
        sums = self._begin(flatten(grad_out))
        trains = [any(parameter.requires_grad for parameter in each.layer.parameters())
                  for each in self.plan.unrolled.calls]
        needed = self._needed(trains)
        with limit(cache.most):
            for number in range(self.plan.turn, len(self.plan.schedule)):
                step = self.plan.schedule[number]
                if step >= 0:
                    self._compute(cache, step)
                else:
                    self._go_back(cache, ~step, sums, needed[~step], trains[~step])
                self._free(cache, number)
        cache.values.clear()
        cache.entries.clear()
        if not self.needs_input_grad:
            return None
        grads = tuple(first_array(sums[-1 - index]) for index in range(len(cache.x)))
        return grads[0] if len(grads) == 1 else grads

    def jvp(self, *x_dot: Any) -> Any:
        y_dot, self.tangent = call_jvp(self.model, self._whole(self.point()), *x_dot)
        return y_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        return call_back_jvp(self.model, self._whole(self.saved()), self.saved_tangent(), grad_out, grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The model's own description, but for what is kept: what the schedule holds when the way back begins.

        For another batch size than that of the plan all of it is taken to grow with the batch.
        """
        whole, inner = self.model.describe(*x_shapes), self.plan.unrolled
        times = prod(x_shapes[0]) / prod(inner.x_shapes[0])
        ends = last_uses(self.plan.computation, self.plan.schedule)
        kept = [Kept(f"x{index}", prod(shape)) for index, shape in enumerate(x_shapes)]
        for number, step in enumerate(self.plan.schedule[:self.plan.turn]):
            described, node = inner.calls[step].description, self.plan.computation.nodes[step]
            if ends[number][0] >= self.plan.turn and node.view is None:
                kept += [Kept(f"{node.name}:{index}", round(times * prod(shape)))
                         for index, shape in enumerate(described.y_shapes)]
            if ends[number][1] >= self.plan.turn:
                kept += [each._replace(name=f"{node.name}.{each.name}", size=round(times * each.size))
                         for each in described.kept if not re.fullmatch(r"[xy]\d+", each.name)]
        return self.description(*whole.y_shapes, multiply_adds=whole.multiply_adds, kept=tuple(kept),
                                field=whole.field)

    def _compute(self, cache: PlannedCache, place: int) -> None:
        """Run a call, for the first time or again."""
        each = self.plan.unrolled.calls[place]
        given = _values(cache, each.arguments)
        if place in cache.calls:
            y = cache.calls[place](*given)
            entry, each.layer.cache = Entry(each.layer, each.layer.cache), None
        else:
            if place in self.plan.repeated:
                cache.calls[place] = replay(each.layer)
            y, entry = call(each.layer, *given, at=(self, each.path))
        cache.values[place] = y
        known = {source: flatten(cache.values[source]) for source in self.plan.computation.nodes[place].reads}
        cache.entries[place] = Entry(each.layer, hollow(entry.cache, known))

    def _go_back(self, cache: PlannedCache, place: int, sums: dict[int, OrderedSum[list[Gradient]]], needed: bool,
                 trains: bool) -> None:
        each, grad_out, entry = self.plan.unrolled.calls[place], grad_of(sums.pop(place)), cache.entries[place]
        grads: tuple[Any, ...] = ()
        owned: list[bool] = []
        if grad_out is not None and entry is not None and (needed or trains):
            known = {source: flatten(cache.values[source]) for source in self.plan.computation.nodes[place].reads}
            entry = Entry(each.layer, filled(entry.cache, known))
            grad_x = call_back(each.layer, entry, grad_out, needs_input_grad=needed, at=(self, each.path))
            grads = flatten(grad_x) if needed else ()
            others = [*flatten(grad_out), *arrays_in(entry.cache), *(held.data for held in each.layer.parameters())]
            owned = [alone(grads, index, others) for index in range(len(grads))]
        shares = iter(zip(grads, owned, strict=True))
        for argument in leaves(each.arguments):
            term = [Gradient(*next(shares, (None, False))) for _ in self.plan.unrolled.shapes(argument)]
            sums[argument.source].take(each.rank, term)

    def _begin(self, grad_out: tuple[Any, ...]) -> dict[int, OrderedSum[list[Gradient]]]:
        """Return a sum for the gradient of every value and input, those of outputs begun."""
        ranks: dict[int, list[int]] = {place: [] for place in range(-len(self.cache.x), len(self.plan.unrolled.calls))}
        for each in self.plan.unrolled.calls:
            for argument in leaves(each.arguments):
                ranks[argument.source].append(each.rank)
        shares, terms = iter(grad_out), []
        for argument in leaves(self.plan.unrolled.outputs):
            ranks[argument.source].append(-1)
            terms.append((argument, [Gradient(next(shares), False) for _ in self.plan.unrolled.shapes(argument)]))
        sums = {place: OrderedSum(each, added) for place, each in ranks.items()}
        for argument, term in terms:
            sums[argument.source].take(-1, term)
        return sums

    def _needed(self, trains: list[bool]) -> list[bool]:
        """Return for every call whether the gradient of its inputs is wanted by anyone."""
        needed: list[bool] = []
        for each in self.plan.unrolled.calls:
            needed.append(self.needs_input_grad or any(
                argument.source >= 0 and (needed[argument.source] or trains[argument.source])
                for argument in leaves(each.arguments)))
        return needed

    def _free(self, cache: PlannedCache, number: int) -> None:
        for kind, place in self._frees[number]:
            (cache.values if kind == "value" else cache.entries)[place] = None

    def _whole(self, cache: PlannedCache) -> Entry:
        """Return the entry of a plain forward call from the same state."""
        if not cache.whole:
            cache.again(*cache.x)
            cache.whole.append(Entry(self.model, self.model.cache))
            self.model.cache = None
        return cache.whole[0]


def _values(cache: PlannedCache, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a call is given, nested as it takes it."""
    given: list[Any] = []
    for argument in arguments:
        if not isinstance(argument, Argument):
            given.append(_values(cache, argument))
            continue
        value = cache.x[-1 - argument.source] if argument.source < 0 else cache.values[argument.source]
        several = isinstance(value, (tuple, list)) and argument.source >= 0 and argument.how != "whole"
        given += (flatten(value) if argument.how == "leaves" else value) if several else [value]
    return tuple(given)


def _share(peak: int) -> int:
    """Return what memory may fill for arrays of so many bytes; blocks are a sixteenth longer on average."""
    return peak + peak // 16
