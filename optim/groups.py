"""Parameter groups: what a user hands to an optimiser, read and checked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..layers.core import DtypeError, Parameter, UnknownNameError, ValueRangeError

__all__ = ["Group", "Params", "check_groups", "parameters_of", "read_group", "read_groups"]

Group = dict[str, Any]
Params = Iterable[Parameter] | Iterable[Mapping[str, Any]]


def read_groups(params: Params, defaults: Mapping[str, Any], owner: str) -> list[Group]:
    """Return the groups that ``params`` means: one of all parameters, or one for each dict that was given."""
    if isinstance(params, Parameter) or not isinstance(params, Iterable):
        raise DtypeError(f"{owner} expected params as an iterable of Parameters or of groups, got "
                         f"{type(params).__name__}; pass model.parameters()")
    given: Sequence[Any] = list(params)
    if not given:
        raise ValueRangeError(f"{owner} got no parameters; was an iterator passed that had been used up before?")
    return [read_group(each, defaults, owner)
            for each in (given if isinstance(given[0], Mapping) else [{"params": given}])]


def read_group(options: Any, defaults: Mapping[str, Any], owner: str) -> Group:
    """Return one group: its parameters as a list, and the defaults for the options it leaves open."""
    if not isinstance(options, Mapping) or "params" not in options:
        raise DtypeError(f"{owner} expected every group as a dict with the key 'params', got {type(options).__name__}")
    params = options["params"]
    return {**defaults, **options, "params": [params] if isinstance(params, Parameter) else list(params)}


def parameters_of(groups: Iterable[Group]) -> Iterator[Parameter]:
    """Yield the parameters of all groups in order."""
    return (parameter for group in groups for parameter in group["params"])


def check_groups(groups: Sequence[Group], defaults: Mapping[str, Any], owner: str) -> None:
    """Raise unless all options are known, no group is empty, and every parameter is one and appears once."""
    known = {"params", "name", "initial_lr", *defaults}
    for group in groups:
        for name in group:
            if name not in known:
                raise UnknownNameError.of(f"option of {owner}", name, known)
        if not group["params"]:
            raise ValueRangeError(f"{owner} got a group without parameters; was its iterator used up before?")
    first: dict[int, int] = {}
    for index, parameter in enumerate(parameters_of(groups)):
        if not isinstance(parameter, Parameter):
            raise DtypeError(f"{owner} expected Parameters, got {type(parameter).__name__} at position {index}; "
                             f"pass model.parameters()")
        if first.setdefault(id(parameter), index) != index:
            raise ValueRangeError(f"{owner} got the parameter at position {first[id(parameter)]} again at position "
                                  f"{index}, which would move it twice; list every parameter once")
