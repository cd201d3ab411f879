"""Finding what a layer consists of: parameters, buffers and sub-layers are plain attributes."""

from collections.abc import Iterator
from typing import Any, TypeVar

__all__ = ["members"]

Kind = TypeVar("Kind")

_OF_A_CALL = frozenset({"cache", "tangent"})


def members(owner: object, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    """Yield name and value of every ``kind`` among the attributes of ``owner``, also inside lists, tuples and dicts.

    Names that begin with an underscore, and what belongs to a call (``cache``, ``tangent``), are not walked. What lies
    in a list has its index, what lies in a dict its key as a further part of the name: ``branches.0``.
    """
    for name, value in vars(owner).items():
        if not name.startswith("_") and name not in _OF_A_CALL:
            yield from _inside(name, value, kind)


def _inside(name: str, value: Any, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    if isinstance(value, kind):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _inside(f"{name}.{index}", item, kind)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(f"{name}.{key}", item, kind)
