"""What a config may set: the arguments of a constructor or function whose annotations YAML can express."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache, reduce
from inspect import Parameter, isclass, signature
from operator import or_
from typing import Any, NamedTuple, Unpack, get_args, get_origin, get_type_hints

from .registry import KINDS
from .values import is_plain, members

__all__ = ["Argument", "arguments_of", "out_of_reach"]


class Argument(NamedTuple):
    """One argument: what may be written, what it is otherwise, and whether it takes all that a list holds."""

    annotation: Any
    default: Any
    variadic: bool

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is Parameter.empty and not self.variadic


def arguments_of(function: Callable[..., Any], given: Collection[str] = ()) -> dict[str, Argument]:
    """Return by name the arguments of ``function`` that a config may set; arrays and generators, say, it may not.

    Those that the program has ``given`` are none of them either.

    Example:
        >>> from chainrule.experiments.binding.signatures import arguments_of
        >>> list(arguments_of(Linear))
        ['in_features', 'out_features', 'bias']
    """
    return {name: argument for name, argument in _arguments(function).items() if name not in given}


def out_of_reach(function: Callable[..., Any]) -> list[str]:
    """Return the arguments that ``function`` can not do without and a config can not write.

    Example:
        >>> from chainrule.experiments.binding.signatures import out_of_reach
        >>> out_of_reach(SGD)
        ['params']
    """
    return [name for name, parameter in signature(function).parameters.items()
            if parameter.default is Parameter.empty and name not in _arguments(function)]


@cache
def _arguments(function: Callable[..., Any]) -> dict[str, Argument]:
    hints = get_type_hints(function.__init__ if isclass(function) else function, include_extras=True)
    found = {}
    for name, parameter in signature(function).parameters.items():
        kept = [member for member in members(hints.get(name, object)) if _writable(member)]
        if any(member is not type(None) for member in kept):
            found[name] = Argument(reduce(or_, kept), parameter.default, parameter.kind is Parameter.VAR_POSITIONAL)
    return found


def _writable(annotation: Any) -> bool:
    origin, inner = get_origin(annotation), get_args(annotation)
    if is_plain(annotation) or annotation in KINDS or (isclass(annotation) and is_dataclass(annotation)):
        return True
    if origin is Callable:
        return inner[-1] in KINDS
    if origin is Unpack:        # the rest of a tuple
        return _writable(inner[0])
    return origin in (tuple, list, dict, Sequence, Mapping) and all(part is ... or _writable(part) for part in inner)
