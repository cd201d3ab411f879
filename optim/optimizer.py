"""The base of every optimiser: it takes gradients to a change of parameters, block by block, in place."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..layers.core import (
    Array,
    DtypeError,
    Parameter,
    ShapeError,
    UnknownNameError,
    ValueRangeError,
    check_range,
    gather,
    show_shape,
    spans,
)
from .stretch import Stretch

__all__ = ["BLOCK", "Group", "Optimizer", "Params"]

Group = dict[str, Any]
Params = Iterable[Parameter] | Iterable[Mapping[str, Any]]

BLOCK = 1 << 16     # elements: parameters, gradients, two states and the temporaries of a block stay in the cache


class Optimizer:
    """What moves parameters along their gradients: groups of parameters, each with its options, and one rule.

    The parameters move into contiguous stores; the rule sees flat blocks of them and changes ``w`` and ``state`` in
    place. A subclass passes its options to ``super().__init__``, names its state and writes ``update``. A parameter
    that no backward pass reached since ``zero_grad``, or that is frozen, is skipped, its step count too.

    Attributes:
        param_groups:  one dict for each group: "params" and the options, read anew at every step
        defaults:      the options of a group that does not say otherwise
        needs_closure: whether ``step`` must be given a function that evaluates the loss again
        elementwise:   False: the rule gets whole parameters in their shape, not blocks of many

    Raises: ValueRangeError for options that make no sense, no parameters, or one given twice; UnknownNameError for
    an unknown option of a group; StateError from ``step`` after ``astype()`` moved the parameters.

    Source: the interface of torch.optim.Optimizer.
    """

    needs_closure: ClassVar[bool] = False
    elementwise: ClassVar[bool] = True

    def __init__(self, params: Params, **defaults: Any) -> None:
        self.defaults = defaults
        groups = self._groups(params)
        self.param_groups: list[Group] = []
        self._stretches: list[list[Stretch]] = []
        for group in groups:
            self._check_group(group, groups)
        gather(self._parameters(groups))        # all groups into one store
        for group in groups:
            self._place(group)

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        """Change ``w`` and ``state`` in place; ``grad`` is to be read only. ``step`` counts from one."""
        raise NotImplementedError(f"{type(self).__name__}.update")

    def state_names(self, group: Group) -> tuple[str, ...]:
        """Return the names of the arrays, each as large as the parameters and zero at first, that the rule keeps."""
        return ()

    def check_group(self, group: Group) -> None:
        """Raise ValueRangeError for options that make no sense; extended by rules that have more options."""
        for name in ("lr", "weight_decay", "momentum", "eps"):
            if name in group:
                check_range(group[name], 0.0, float("inf"), name=name, owner=type(self).__name__)
        for beta in group.get("betas", ()):
            check_range(beta, 0.0, 1.0, name="each of betas", owner=type(self).__name__, open_high=True)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Move the parameters by one step; return what ``closure``, called first if there is one, returned."""
        loss = None if closure is None else closure()
        for group, stretches in zip(self.param_groups, self._stretches, strict=True):
            for stretch in stretches:
                stretch.check(type(self).__name__)
                stretch.ensure(self.state_names(group))
                self._step(stretch, group)
        return loss

    def zero_grad(self) -> None:
        """Set all gradients to zero; parameters that no backward pass reaches after this are skipped by ``step``."""
        for parameter in self._parameters(self.param_groups):
            parameter.zero_grad()

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add a group, for example layers thawed during fine-tuning; options not given are the defaults."""
        group = self._group(param_group)
        self._check_group(group, [*self.param_groups, group])
        self._place(group)

    def state_dict(self) -> dict[str, Any]:
        """Return steps and state by the position of the parameter, and the options of every group.

        All of it is numbers and copies of arrays; the layout is that of torch.optim.
        """
        position = self._positions()
        groups = [{**group, "params": [position[id(parameter)] for parameter in group["params"]]}
                  for group in self.param_groups]
        state = {position[id(parameter)]: {"step": step} | {
                     name: array[start:stop].reshape(parameter.shape).copy() for name, array in stretch.state.items()}
                 for stretch in self._all_stretches()
                 for (start, stop, parameter), step in zip(stretch.places(), stretch.steps, strict=True) if step}
        return {"state": dict(sorted(state.items())), "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take up where ``state_dict()`` left off, on parameters of the same shapes in the same order.

        Raises: ValueRangeError for other groups, ShapeError for other shapes; nothing is changed then.
        """
        groups, saved = state_dict["param_groups"], {int(key): entry for key, entry in state_dict["state"].items()}
        ours, theirs = ([len(group["params"]) for group in each] for each in (self.param_groups, groups))
        if ours != theirs:
            raise ValueRangeError(f"{type(self).__name__} expected a state dict of groups with {ours} parameters, got "
                                  f"{theirs}")
        for index, parameter in enumerate(self._parameters(self.param_groups)):
            for name, value in saved.get(index, {}).items():
                if name != "step" and np.shape(value) != parameter.shape:
                    raise ShapeError(f"{type(self).__name__} expected {name} of parameter {index} of shape "
                                     f"{show_shape(parameter.shape)}, got {show_shape(np.shape(value))}")
        for group, other in zip(self.param_groups, groups, strict=True):
            group.update({name: other[name] for name in (*self.defaults, "initial_lr") if name in other})
        position = self._positions()
        for stretch in self._all_stretches():
            entries = [saved.get(position[id(parameter)], {}) for parameter in stretch.span.parameters]
            stretch.state.clear()
            stretch.ensure({name for entry in entries for name in entry if name != "step"})
            stretch.steps = [int(entry.get("step", 0)) for entry in entries]
            for (start, stop, _), entry in zip(stretch.places(), entries, strict=True):
                for name, array in stretch.state.items():
                    array[start:stop] = np.ravel(entry[name]) if name in entry else 0

    def _step(self, stretch: Stretch, group: Group) -> None:
        span, shape = stretch.span, (-1,) if self.elementwise else stretch.span.parameters[0].shape
        for run in stretch.runs():
            size = BLOCK if self.elementwise else max(run.stop, 1)
            for start in range(run.start, run.stop, size):
                block = slice(start, min(start + size, run.stop))
                w, grad = span.data[block].reshape(shape), span.grad[block].reshape(shape)
                if group.get("maximize"):
                    grad = -grad
                if group.get("weight_decay") and group.get("decoupled_weight_decay"):
                    w *= 1 - group["lr"] * group["weight_decay"]
                elif group.get("weight_decay"):
                    grad = grad + group["weight_decay"] * w
                state = {name: array[block].reshape(shape) for name, array in stretch.state.items()}
                self.update(w, grad, state, run.step, group)

    def _groups(self, params: Params) -> list[Group]:
        if isinstance(params, Parameter) or not isinstance(params, Iterable):
            raise DtypeError(f"{type(self).__name__} expected params as an iterable of Parameters or of groups, got "
                             f"{type(params).__name__}; pass model.parameters()")
        given: Sequence[Any] = list(params)
        if not given:
            raise ValueRangeError(f"{type(self).__name__} got no parameters; were they an iterator used up before?")
        return [self._group(each) for each in (given if isinstance(given[0], Mapping) else [{"params": given}])]

    def _group(self, options: Mapping[str, Any]) -> Group:
        params = options["params"] if isinstance(options, Mapping) and "params" in options else None
        if params is None:
            raise DtypeError(f"{type(self).__name__} expected every group as a dict with \"params\", got {options!r}")
        return {**self.defaults, **options, "params": [params] if isinstance(params, Parameter) else list(params)}

    def _check_group(self, group: Group, groups: list[Group]) -> None:
        owner = type(self).__name__
        known = {"params", "name", "initial_lr", *self.defaults}
        for name in group:
            if name not in known:
                raise UnknownNameError.of(f"option of {owner}", name, known)
        if not group["params"]:
            raise ValueRangeError(f"{owner} got a group without parameters; were they an iterator used up before?")
        counts: dict[int, int] = {}
        for index, parameter in enumerate(self._parameters(groups)):
            if not isinstance(parameter, Parameter):
                raise DtypeError(f"{owner} expected Parameters, got {type(parameter).__name__} at position {index}; "
                                 f"pass model.parameters()")
            if counts.setdefault(id(parameter), index) != index:
                raise ValueRangeError(f"{owner} got the parameter at position {counts[id(parameter)]} again at "
                                      f"position {index}, which would move it twice; list every parameter once")
        self.check_group(group)

    def _place(self, group: Group) -> None:
        gather(group["params"])
        together = [group["params"]] if self.elementwise else [[parameter] for parameter in group["params"]]
        self.param_groups.append(group)
        self._stretches.append([Stretch(span) for parameters in together for span in spans(parameters)])

    def _all_stretches(self) -> Iterator[Stretch]:
        return (stretch for stretches in self._stretches for stretch in stretches)

    def _parameters(self, groups: list[Group]) -> Iterator[Parameter]:
        return (parameter for group in groups for parameter in group["params"])

    def _positions(self) -> dict[int, int]:
        return {id(parameter): index for index, parameter in enumerate(self._parameters(self.param_groups))}

    def __getstate__(self) -> dict[str, Any]:
        own = {name: value for name, value in vars(self).items() if name != "_stretches"}
        return {**own, "_saved": self.state_dict()}

    def __setstate__(self, own: dict[str, Any]) -> None:
        saved, groups = own.pop("_saved"), own.pop("param_groups")
        vars(self).update(own, param_groups=[], _stretches=[])
        gather(self._parameters(groups))
        for group in groups:
            self._place(group)
        self.load_state_dict(saved)

    def __repr__(self) -> str:
        lines = [", ".join([f"{len(group['params'])} parameters",
                            *(f"{name}={value!r}" for name, value in group.items() if name != "params")])
                 for group in self.param_groups]
        return f"{type(self).__name__}({'; '.join(lines)})"
