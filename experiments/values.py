"""Plain values of a config, numbers, text and lists of them, held against the annotation of an argument."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from ..layers.core import nearest
from .problems import ConfigError
from .reading import Node

__all__ = ["expected", "is_plain", "members", "parse"]

_WORDS: dict[Any, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "text",
                          NoneType: "nothing", Path: "the path of a file"}
_PLURALS: dict[Any, str] = {int: "whole numbers", float: "numbers", bool: "trues and falses", str: "texts"}


def members(annotation: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union, or the annotation as the only one."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def is_plain(annotation: Any) -> bool:
    """Return whether YAML can write values of this annotation without naming a class."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return True
    if origin in (tuple, list, dict, Sequence, Mapping, Union, UnionType):
        return all(part is ... or is_plain(part) for part in inner)
    return annotation in _WORDS


def parse(node: Node, annotation: Any, path: str) -> Any:
    """Return the value of ``node`` as ``annotation`` wants it: a whole number does for a float, a list for a tuple.

    Raises: ConfigError in words when it does not fit.
    """
    try:
        return _adapter(annotation).validate_json(json.dumps(node.plain()), strict=True)
    except ValidationError:
        hint = nearest(node.value, _choices(annotation)) if isinstance(node.value, str) else ""
        what = f"expected {expected(annotation)}, got {_shown(node)}{hint}"
        raise ConfigError.at(node.position, path, what) from None


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _choices(annotation: Any) -> list[str]:
    return [word for member in members(annotation) if get_origin(member) is Literal for word in get_args(member)
            if isinstance(word, str)]


def _shown(node: Node) -> str:
    text = json.dumps(node.plain(), ensure_ascii=False)
    return f"the list {text}" if isinstance(node.value, tuple) and len(text) <= 60 else node.kind


def expected(annotation: Any) -> str:
    """Return an annotation in the words of someone who writes a config.

    Example:
        >>> from chainrule.experiments.values import expected
        >>> expected(int | tuple[int, int]), expected(list[str] | None)
        ('a whole number or a list of 2 whole numbers', 'a list of texts or nothing')
    """
    return " or ".join(dict.fromkeys(map(_words, members(annotation))))


def _words(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin in (dict, Mapping):
        return "a mapping"
    if origin is tuple and ... not in inner:
        return f"a list of {len(inner)} {_plural(inner)}"
    if origin in (tuple, list, Sequence):
        return f"a list of {_plural(inner[:1])}"
    return _WORDS[annotation]


def _plural(inner: tuple[Any, ...]) -> str:
    return _PLURALS.get(inner[0], "values") if len(set(inner)) == 1 else "values"
