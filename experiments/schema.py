"""The JSON Schema of configs, by which editors complete and check them: the same signatures that the builder reads."""

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

from .binding import KINDS, Argument, Kind, adapter, arguments_of, is_plain, load_installed, members, out_of_reach
from .config import TASKS
from .document import INCLUDE

__all__ = ["DEFAULT_TASK", "dump_schema", "json_schema"]

Schema = dict[str, Any]

DEFAULT_TASK = "supervised"
_INCLUDE: Schema = {"type": "string", "description": "another file, in place of this or, at the top, below it"}


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of every config, with the names that plugins have added.

    Example:
        >>> from chainrule.experiments import json_schema
        >>> linear = json_schema()["$defs"]["layer.Linear"]["anyOf"][0]
        >>> linear["properties"]["out_features"], linear["required"]
        ({'minimum': 1, 'type': 'integer'}, ['in_features', 'out_features'])
    """
    load_installed()
    definitions: dict[str, Schema] = {}
    for kind in KINDS.values():
        title = _title(kind)
        members = {name: function for name, function in kind.members.items()
                   if set(out_of_reach(function)) <= set(kind.given)}
        definitions[title] = _kind(kind, members)
        for name, function in members.items():
            definitions[f"{title}.{name}"] = _call(function, kind)
    for name, task in TASKS.items():
        definitions[f"task.{name}"] = _task(task)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An experiment of Chainrule",
        "type": "object",
        "allOf": [{"if": _is_task(name), "then": _reference(f"task.{name}")} for name in TASKS],
        "properties": {"task": {"enum": list(TASKS), "default": DEFAULT_TASK}},
        "$defs": definitions,
    }


def dump_schema() -> str:
    """Return the JSON Schema as text, a line for each definition."""
    schema = json_schema()
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(part)}" for name, part in schema.pop("$defs").items())
    return f'{json.dumps(schema)[:-1]}, "$defs": {{\n{lines}\n}}}}\n'


def _is_task(name: str) -> Schema:
    chosen: Schema = {"properties": {"task": {"const": name}}}
    return chosen if name == DEFAULT_TASK else {**chosen, "required": ["task"]}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _task(task: type) -> Schema:
    """Return the schema of a whole config; one that includes another need not be whole."""
    whole = _section(task)
    required = {"required": whole.pop("required", []), "properties": {
        name: {"required": section.pop("required")} for name, section in whole["properties"].items()
        if "required" in section}}
    whole["properties"] = {INCLUDE: _INCLUDE, **whole["properties"], "task": {"type": "string"}}
    return {**whole, "if": {"not": {"required": [INCLUDE]}}, "then": required}


def _section(section: type) -> Schema:
    return {**_arguments(arguments_of(section)), "description": _first_line(section)}


def _kind(kind: Kind, members: Mapping[str, Callable[..., Any]]) -> Schema:
    """Return the schema of whatever may stand for a thing: a name, a name before its arguments, perhaps a list."""
    bare = [name for name, function in members.items()
            if not any(argument.required for argument in arguments_of(function, kind.given).values())]
    named = {name: _reference(f"{_title(kind)}.{name}") for name in members}
    forms: list[Schema] = [{"enum": bare}, {
        "type": "object", "properties": {**named, INCLUDE: _INCLUDE}, "additionalProperties": False,
        "minProperties": 1, "maxProperties": 1}]
    if kind.several is not None:
        forms.append({"type": "array", "items": _reference(_title(kind))})
    return {"anyOf": forms}


def _call(function: Callable[..., Any], kind: Kind) -> Schema:
    """Return the schema of arguments: by name, in order, or the first alone."""
    known = arguments_of(function, kind.given)
    required = sum(argument.required for argument in known.values())
    values = [_value(argument.annotation) for argument in known.values()]
    if any(argument.variadic for argument in known.values()):
        forms = [{"type": "array", "items": values[0]}, values[0]]
    else:
        forms = [_arguments(known), _list(values, minItems=required, maxItems=len(values))]
        forms += [{**value, "not": {"type": ["array", "object", "null"]}} for value in values[:required < 2]]
    if not required:
        forms.append({"type": "null"})
    return {"description": _first_line(function), "anyOf": forms}


def _arguments(known: Mapping[str, Argument]) -> Schema:
    required = [name for name, argument in known.items() if argument.required]
    return {"type": "object", "additionalProperties": False, **({"required": required} if required else {}),
            "properties": {name: _value(argument.annotation) | _default(argument) for name, argument in known.items()}}


def _default(argument: Argument) -> Schema:
    try:
        return {"default": json.loads(json.dumps(argument.default, allow_nan=False))}
    except (TypeError, ValueError):     # required, or no value that YAML has
        return {}


def _value(annotation: Any) -> Schema:
    """Return the schema of a value: Pydantic's where it is plain, references to things of the registry."""
    if is_plain(annotation):
        return adapter(annotation).json_schema()
    origin, inner = get_origin(annotation), get_args(annotation)
    if len(members(annotation)) > 1:
        return {"anyOf": [_value(member) for member in members(annotation)]}
    if origin is Callable or annotation in KINDS:
        return _reference(_title(KINDS[inner[-1] if inner else annotation]))
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _value(inner[1])}
    if origin is None:
        return _section(annotation)
    *first, rest = inner
    rest = get_args(get_args(rest)[0])[0] if first else rest        # tuple[T, *tuple[U, ...]]: U
    return _list(list(map(_value, first)), minItems=len(first), items=_value(rest))


def _list(first: list[Schema], **rest: Any) -> Schema:
    return {"type": "array", **({"prefixItems": first} if first else {}), **rest}


def _title(kind: Kind) -> str:
    return kind.title.replace(" ", "_")


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("``", "")
