"""Plain values of a config, numbers, text and lists of them, held against the annotation of an argument."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from operator import or_
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Field, TypeAdapter, ValidationError

from ...layers.core import OneOf, Within, nearest
from ..document import ConfigError, Node, Problem, scalar

__all__ = ["adapter", "expected", "is_plain", "members", "parse"]

_WORDS: dict[Any, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "text",
                          NoneType: "nothing", Path: "the path of a file"}
_PLURALS: dict[Any, str] = {int: "whole numbers", float: "numbers", bool: "trues and falses", str: "texts"}
_TRUTHS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false",     # in YAML 1.1
           "true": "true", "false": "false"}
_COLLECTIONS = (tuple, list, dict, Sequence, Mapping)
_UNIONS = (Union, UnionType)


def members(annotation: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union, or the annotation as the only one."""
    return get_args(annotation) if get_origin(annotation) in _UNIONS else (annotation,)


def is_plain(annotation: Any) -> bool:
    """Return whether YAML can write values of this annotation without naming a class."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return True
    if origin is Annotated:
        return is_plain(inner[0])
    if origin in _COLLECTIONS + _UNIONS:
        return all(part is ... or is_plain(part) for part in inner)
    return annotation in _WORDS


def _translated(annotation: Any) -> Any:
    """Return an annotation with its ranges as Pydantic writes them."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        plain, limit = inner
        return Literal[limit.words] if isinstance(limit, OneOf) else Annotated[plain, _field(limit)]
    if origin in _UNIONS:
        return reduce(or_, map(_translated, inner))
    if origin in _COLLECTIONS:
        return origin[tuple(part if part is ... else _translated(part) for part in inner)]
    return annotation


def _field(limit: Within) -> Any:
    bounds: dict[str, Any] = {}
    if limit.low > -math.inf:
        bounds["gt" if limit.open_low else "ge"] = limit.low
    if limit.high < math.inf:
        bounds["lt" if limit.open_high else "le"] = limit.high
    elif limit.open_high:
        bounds["allow_inf_nan"] = False
    return Field(**bounds)


def parse(node: Node, annotation: Any, path: str) -> Any:
    """Return the value of ``node`` as ``annotation`` wants it: a whole number does for a float, a list for a tuple.

    Raises: ConfigError in words when it does not fit, at the items of a list or mapping that do not.
    """
    try:
        return adapter(annotation).validate_json(json.dumps(node.plain()), strict=True)
    except ValidationError:
        problems: list[Problem] = []
        for name, item, part in _parts(node, annotation):
            try:
                parse(item, part, f"{path}.{name}")
            except ConfigError as error:
                problems.extend(error.problems)
        if problems:
            raise ConfigError(problems) from None
        what = f"expected {expected(annotation)}, got {_shown(node)}{_hint(node.value, annotation)}"
        raise ConfigError.at(node.position, path, what) from None


@cache
def adapter(annotation: Any) -> TypeAdapter[Any]:
    """Return what checks plain values of an annotation, and knows their JSON Schema.

    Example:
        >>> from chainrule.experiments.binding.values import adapter
        >>> from chainrule.layers.core import Share
        >>> adapter(Share).json_schema()
        {'maximum': 1, 'minimum': 0, 'type': 'number'}
    """
    return TypeAdapter(_translated(annotation))


def _parts(node: Node, annotation: Any) -> Iterable[tuple[str, Node, Any]]:
    """Return the name, node and annotation of each item, if a list or mapping as long as this one would do."""
    for member in members(annotation):
        origin, inner = get_origin(member), get_args(member)
        if origin in (dict, Mapping) and isinstance(node.value, dict):
            return [(name, entry.node, inner[1]) for name, entry in node.value.items()]
        if origin in (tuple, list, Sequence) and isinstance(node.value, tuple):
            wanted = inner if origin is tuple and ... not in inner else inner[:1] * len(node.value)
            if len(wanted) == len(node.value):
                return [(str(index), *pair) for index, pair in enumerate(zip(node.value, wanted, strict=True))]
    return []


def _hint(value: object, annotation: Any) -> str:
    """Return what was meant by a word nearly right, a number in quotes, or words and numbers of YAML 1.1."""
    wanted = members(annotation)
    numeric = any(_base(member) in (int, float) for member in wanted)
    if isinstance(value, float) and value.is_integer() and int in map(_base, wanted):
        return f"; write {int(value)}" if abs(value) < 1e15 else ""
    if not isinstance(value, str):
        return ""
    if bool in wanted and value.casefold() in _TRUTHS:
        return f"; write {_TRUTHS[value.casefold()]}"
    if NoneType in wanted and value.casefold() == "none":
        return "; write null"
    try:
        meant = scalar(value.replace("_", "").replace(",", ""))
    except ValueError:
        meant = None
    if numeric and isinstance(meant, (int, float)) and not isinstance(meant, bool):
        return f"; write {meant}" if scalar(value) == value else "; a number stands without quotes"
    return nearest(value, (word for member in wanted for word in _choices(member)))


def _base(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Annotated:
        limit = get_args(annotation)[1]
        return limit.words if isinstance(limit, OneOf) else ()
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def _shown(node: Node) -> str:
    text = json.dumps(node.plain(), ensure_ascii=False)
    return f"the list {text}" if isinstance(node.value, tuple) and len(text) <= 60 else node.kind


def expected(annotation: Any) -> str:
    """Return an annotation in the words of someone who writes a config.

    Example:
        >>> from chainrule.experiments.binding.values import expected
        >>> from chainrule.layers.core import Size
        >>> expected(Size | tuple[int, int]), expected(list[str] | None)
        ('a whole number of at least 1 or a list of 2 whole numbers', 'a list of texts or nothing')
    """
    return " or ".join(dict.fromkeys(map(_words, members(annotation))))


def _words(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if _choices(annotation):
        return " or ".join(_choices(annotation))
    if origin is Annotated:
        return f"{_WORDS[inner[0]]} {inner[1]}"
    if origin in (dict, Mapping):
        return "a mapping"
    if origin is tuple and ... not in inner:
        return f"a list of {len(inner)} {_plural(inner)}"
    if origin in (tuple, list, Sequence):
        return f"a list of {_plural(inner[:1])}"
    return _WORDS[annotation]


def _plural(inner: tuple[Any, ...]) -> str:
    if len(set(inner)) > 1:
        return "values"
    limit = f" {get_args(inner[0])[1]}" if get_origin(inner[0]) is Annotated and not _choices(inner[0]) else ""
    return f"{_PLURALS.get(_base(inner[0]), 'values')}{limit}"
