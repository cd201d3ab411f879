"""Finding what a layer consists of: parameters, buffers and sub-layers are plain attributes."""

from collections.abc import Iterator
from typing import Any, TypeVar

__all__ = ["members"]

Kind = TypeVar("Kind")

_OF_A_CALL = frozenset({"cache", "tangent"})
_NESTING = (list, tuple, dict)


def members(owner: object, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    """Yield name and value of every ``kind`` among the attributes of ``owner``, also inside lists, tuples and dicts.

    Names that begin with an underscore, and what belongs to a call (``cache``, ``tangent``), are not walked. What lies
    in a list has its index, what lies in a dict its key as a further part of the name: ``branches.0``.
    """
    for name, value in vars(owner).items():
        if isinstance(value, kind):
            if name[0] != "_":
                yield name, value
        elif isinstance(value, _NESTING) and value and name not in _OF_A_CALL and name[0] != "_":
            yield from _inside(name, value, kind)


def _inside(name: str, nest: Any, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    for key, value in nest.items() if isinstance(nest, dict) else enumerate(nest):
        if isinstance(value, kind):
            yield f"{name}.{key}", value
        elif isinstance(value, _NESTING):
            yield from _inside(f"{name}.{key}", value, kind)
