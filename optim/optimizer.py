"""The base of every optimiser: it turns gradients into a change of parameters, block by block, in place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from ..layers.core import (
    Array,
    Parameter,
    Shape,
    ShapeError,
    StateError,
    ValueRangeError,
    check_range,
    gather,
    show_shape,
    spans,
)
from ..layers.kernels import has_twins, in_parallel
from .groups import Group, Params, check_groups, parameters_of, read_group, read_groups
from .in_place import scratch
from .stretch import Run, Stretch

__all__ = ["BLOCK", "Closure", "Optimizer"]

Closure = Callable[[], float]
BLOCK = 1 << 15     # elements: what a rule reads, writes and computes of a block stays in the processor's cache
_SHARED = 4         # so many times as much where compiled rules share it among threads, in fewer passes


class Optimizer:
    """What moves parameters along their gradients: groups of parameters with options, and one rule for all.

    The parameters move into contiguous stores, and the rule sees flat blocks of them. A subclass hands its options to
    ``super().__init__``, names its state and writes ``update``. A parameter that is frozen, or that no backward pass
    has reached since ``zero_grad``, is skipped, its step count too.

    Attributes:
        param_groups:  one dict for each group: "params" and the options, read anew at every step
        defaults:      the options of groups that do not say otherwise
        needs_closure: whether ``step`` must be given a function that computes loss and gradients again
        needs_curvature: whether that function must be a ``training.Objective``, which knows network, loss and batch
        elementwise:   False: the rule is given whole parameters in their shape instead of flat blocks
        own_decay:     True: the rule itself sees to ``weight_decay``

    Raises: ValueRangeError for options that make no sense, no parameters, or one given twice; UnknownNameError for
        an unknown option; StateError from ``step`` when ``astype()`` has moved the parameters.

    Source: the interface of torch.optim.Optimizer.
    """

    needs_closure: ClassVar[bool] = False
    needs_curvature: ClassVar[bool] = False
    elementwise: ClassVar[bool] = True
    own_decay: ClassVar[bool] = False

    def __init__(self, params: Params, **defaults: Any) -> None:
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self._stretches: list[list[Stretch]] = []
        self._add(read_groups(params, defaults, type(self).__name__))

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        """Change ``w`` and ``state`` in place; ``grad`` is only read. ``step`` is one at first."""
        raise NotImplementedError(f"{type(self).__name__}.update")

    def state_names(self, group: Group) -> tuple[str, ...]:
        """Return the names of the arrays, each as large as the parameters and zero at first, that the rule keeps."""
        return ()

    def state_shapes(self, group: Group, shape: Shape) -> dict[str, Shape]:
        """Return the state that is kept for a parameter; only rules for whole parameters may keep other shapes."""
        return dict.fromkeys(self.state_names(group), shape)

    def check_group(self, group: Group) -> None:
        """Raise ValueRangeError for options that make no sense; rules with further options extend it."""
        for name in ("lr", "weight_decay", "momentum", "eps"):
            if name in group:
                check_range(group[name], 0.0, float("inf"), name=name, owner=type(self).__name__)
        for beta in group.get("betas", ()):
            check_range(beta, 0.0, 1.0, name="each of betas", owner=type(self).__name__, open_high=True)

    def step(self, closure: Closure | None = None) -> float | None:
        """Move the parameters by one step; return what ``closure``, called first if there is one, returned."""
        loss = None if closure is None else closure()
        for group, stretches in zip(self.param_groups, self._stretches, strict=True):
            for stretch in stretches:
                stretch.check(type(self).__name__)
                span = stretch.span
                stretch.ensure(self.state_shapes(group, span.parameters[0].shape if stretch.whole else span.data.shape))
                for run in stretch.runs():
                    self._move(stretch, run, group)
        return loss

    def zero_grad(self) -> None:
        """Set all gradients to zero; ``step`` skips what no backward pass reaches after this."""
        for parameter in parameters_of(self.param_groups):
            parameter.zero_grad()

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add a group, for example layers thawed for fine-tuning; options it does not name are the defaults."""
        self._add([read_group(param_group, self.defaults, type(self).__name__)])

    def keep(self, parameters: Iterable[Parameter]) -> None:
        """Move these parameters alone from now on, and have state of no others, which somebody else moves."""
        kept = {id(parameter) for parameter in parameters}
        for index, group in enumerate(self.param_groups):
            if any(id(each) not in kept for stretch in self._stretches[index] for each in stretch.span.parameters):
                self._stretches[index] = self._stretched([each for each in group["params"] if id(each) in kept])

    def state_dict(self) -> dict[str, Any]:
        """Return steps and state by the position of the parameter, and the options of every group.

        All of it is numbers and copies of arrays, laid out as in torch.optim.
        """
        positions = self._positions()
        entries = {positions[id(parameter)]: entry for stretch in self._all() for parameter, entry in stretch.entries()}
        groups = [{**group, "params": [positions[id(parameter)] for parameter in group["params"]]}
                  for group in self.param_groups]
        return {"state": dict(sorted(entries.items())), "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where ``state_dict()`` was taken, with parameters of the same shapes in the same order.

        Raises: ValueRangeError for other groups, ShapeError for other shapes; nothing is changed then.
        """
        groups, entries = state_dict["param_groups"], {int(key): entry for key, entry in state_dict["state"].items()}
        ours, theirs = ([len(group["params"]) for group in each] for each in (self.param_groups, groups))
        if ours != theirs:
            raise ValueRangeError(f"{type(self).__name__} has groups of {ours} parameters, but the state dict of "
                                  f"{theirs}; make the optimiser as it was made then")
        members = ((group, parameter) for group in self.param_groups for parameter in group["params"])
        for index, (group, parameter) in enumerate(members):
            shapes = self.state_shapes(group, parameter.shape)
            for name, value in entries.get(index, {}).items():
                shape = shapes.get(name, parameter.shape)
                if name != "step" and np.shape(value) != shape:
                    raise ShapeError(f"{type(self).__name__} expected {name} of parameter {index} of shape "
                                     f"{show_shape(shape)}, got {show_shape(np.shape(value))}")
        for group, other in zip(self.param_groups, groups, strict=True):
            group.update({name: other[name] for name in (*self.defaults, "initial_lr") if name in other})
        positions = self._positions()
        for stretch in self._all():
            stretch.restore([entries.get(positions[id(parameter)], {}) for parameter in stretch.span.parameters])

    def _move(self, stretch: Stretch, run: Run, group: Group) -> None:
        """Hand the rule one block of a run after the other, with the options that all rules share worked in."""
        span, decay = stretch.span, 0 if self.own_decay else group.get("weight_decay", 0)
        block_size = BLOCK * (_SHARED if has_twins() else 1)
        size, shape = (max(run.stop, 1), span.parameters[0].shape) if stretch.whole else (block_size, (-1,))

        def work(first: int, last: int) -> None:
            for start in range(run.start + first * size, min(run.start + last * size, run.stop), size):
                block = slice(start, min(start + size, run.stop))
                w, grad = span.data[block].reshape(shape), span.grad[block].reshape(shape)
                state = {name: stretch.part(name, block.start, block.stop, shape) for name in stretch.state}
                if group.get("maximize"):
                    grad = np.negative(grad, out=scratch(w, "grad"))
                if decay and group.get("decoupled_weight_decay"):
                    w *= 1 - group["lr"] * decay
                elif decay:
                    decayed = scratch(w, "decayed")
                    grad = np.add(grad, np.multiply(w, decay, out=decayed), out=decayed)
                self.update(w, grad, state, run.step, group)

        alone = stretch.whole or has_twins()        # compiled rules share out each block themselves
        in_parallel(work, -(-(run.stop - run.start) // size), 0 if alone else run.stop - run.start)

    def _required(self, closure: Closure | None) -> Closure:
        if closure is None:
            raise StateError(f"{type(self).__name__} expected a function that clears the gradients, computes loss and "
                             f"gradients again and returns the loss, got none; call step(closure)")
        return closure

    def _add(self, groups: list[Group]) -> None:
        check_groups([*self.param_groups, *groups], self.defaults, type(self).__name__)
        for group in groups:
            self.check_group(group)
        gather(parameters_of(groups))       # all groups into one store
        for group in groups:
            self._stretches.append(self._stretched(group["params"]))
            self.param_groups.append(group)

    def _stretched(self, params: list[Parameter]) -> list[Stretch]:
        apart = [params] if self.elementwise else [[parameter] for parameter in params]
        return [Stretch(span, whole=not self.elementwise) for parameters in apart for span in spans(parameters)]

    def _all(self) -> Iterator[Stretch]:
        return (stretch for stretches in self._stretches for stretch in stretches)

    def _positions(self) -> dict[int, int]:
        return {id(parameter): index for index, parameter in enumerate(parameters_of(self.param_groups))}

    def __getstate__(self) -> dict[str, Any]:
        own = {name: value for name, value in vars(self).items() if name != "_stretches"}
        return {**own, "saved": self.state_dict()}      # for the copy's parameters will lie in a store of their own

    def __setstate__(self, own: dict[str, Any]) -> None:
        saved, groups = own.pop("saved"), own.pop("param_groups")
        vars(self).update(own, param_groups=[], _stretches=[])
        self._add(groups)
        self.load_state_dict(saved)

    def __repr__(self) -> str:
        groups = [", ".join([f"{len(group['params'])} parameters",
                             *(f"{name}={value!r}" for name, value in group.items() if name != "params")])
                  for group in self.param_groups]
        return f"{type(self).__name__}({'; '.join(groups)})"
