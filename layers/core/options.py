"""How a layer was made: the constructor's arguments, read back from the attributes of the same names."""

import inspect
from typing import Any

from .parameter import Buffer, Parameter

__all__ = ["options", "show_options"]


def options(thing: object) -> dict[str, Any]:
    """Return the constructor's arguments that differ from their defaults, positional ones first.

    Every class keeps its arguments under their own names, with an underscore behind where a method has the name; a
    Parameter kept in the place of a flag such as ``bias`` stands for True, None for False (unless the weight is
    None too, for then the flag had no say); a Buffer for its values. Generators and names that begin with an
    underscore are left out.
    """
    found: dict[str, Any] = {}
    for name, argument in inspect.signature(type(thing).__init__).parameters.items():
        value = vars(thing).get(name, vars(thing).get(f"{name}_", argument.empty))
        if name in ("self", "rng") or value is argument.empty:
            continue
        if isinstance(argument.default, bool) and not isinstance(value, bool):
            value = isinstance(value, Parameter) or vars(thing).get("weight", ...) is None
        elif isinstance(value, Buffer):
            value = value.data.tolist() if value.data.size <= 8 else ...
        if argument.default is argument.empty or not _same(value, argument.default):
            found[name] = value
    return found


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def show_options(chosen: dict[str, Any], positional: int = 3) -> str:
    """Return options as in a call: up to three leading sizes bare, the rest by keyword.

    Example:
        >>> from chainrule.layers.core.options import show_options
        >>> show_options({"in_channels": 3, "out_channels": 10, "kernel_size": (5, 5), "bias": False})
        '3, 10, (5, 5), bias=False'
    """
    parts: list[str] = []
    bare = True
    for index, (name, value) in enumerate(chosen.items()):
        plain = index < positional and isinstance(value, (int, tuple)) and not isinstance(value, bool)
        bare = bare and plain and name not in ("padding", "stride", "dilation", "dim")
        parts.append(repr(value) if bare else f"{name}={value!r}")
    return ", ".join(parts)
