"""What a node of a config names, and the arguments it writes behind the name."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from ...layers.core import message, nearest
from ..document import ConfigError, Entry, Node, Position, Problem
from .registry import KINDS, Kind
from .signatures import Argument

__all__ = ["Place", "blame", "read_arguments", "read_name"]


class Place(NamedTuple):
    """Where something is named in a config: the position of the name, and the dotted path."""

    where: Position
    path: str

    def below(self, name: str) -> str:
        """Return the path of what is called ``name`` in here."""
        return f"{self.path}.{name}" if self.path else name

    def error(self, what: str) -> ConfigError:
        """Return the error for a single problem here."""
        return ConfigError.at(self.where, self.path, what)


def read_name(node: Node, kind: Kind, path: str) -> tuple[Callable[..., Any], Place, Node]:
    """Return what a node names, where, and the node of its arguments."""
    if isinstance(node.value, str):
        name, where, arguments = node.value, node.position, Node(None, node.position)
    elif isinstance(node.value, dict) and len(node.value) == 1:
        name, (where, arguments) = next(iter(node.value.items()))
    else:
        raise _no_name(node, kind, path)
    place = Place(where, Place(where, path).below(name))
    if name not in kind.members:
        other = next((other.title for other in KINDS.values() if name in other.members), None)
        hint = f"; that is of the kind {other}" if other else nearest(name, kind.members) or _list(kind.members)
        if "." in name:
            last = name.rpartition(".")[2]
            hint = f"; names are Chainrule's, no paths into Python{f'; write {last}' if last in kind.members else ''}"
        raise place.error(f"unknown {kind.title}{hint}")
    return kind.members[name], place, arguments


def _no_name(node: Node, kind: Kind, path: str) -> ConfigError:
    where, got = node.position, node.kind
    if isinstance(node.value, dict) and node.value:
        where = list(node.value.values())[1].key_position       # the first may be right
        got = f"{len(node.value)} keys: {', '.join(node.value)}"
    return ConfigError.at(where, path, f"expected the name of one {kind.title}, alone or before its arguments as in "
                                       f"'Name: {{argument: value}}', got {got}")


def read_arguments(node: Node, known: Mapping[str, Argument], place: Place) -> tuple[dict[str, Entry], list[Problem]]:
    """Return by name the arguments that ``node`` writes, and the problems of names, number and order."""
    problems: list[Problem] = []
    items = node.value if isinstance(node.value, tuple) else (node,)
    variadic = [name for name, argument in known.items() if argument.variadic]
    if node.value is None:
        entries = {}
    elif variadic:
        entries = {variadic[0]: Entry(node.position, Node(items, node.position))}
    elif isinstance(node.value, dict):
        entries = {name: entry for name, entry in node.value.items() if name in known}
        problems = [Problem(entry.key_position, place.below(name),
                            f"unknown key{nearest(name, known) or _list(known)}")
                    for name, entry in node.value.items() if name not in known]
    elif len(items) > len(known):
        raise ConfigError.at(node.position, place.path, f"got {len(items)} values{_list(known)}")
    elif len(items) > 1 and any(argument.annotation in KINDS for argument in known.values()):
        raise ConfigError.at(node.position, place.path, f"give these by name{_list(known)}")
    else:
        entries = {name: Entry(item.position, item) for name, item in zip(known, items, strict=False)}
    said = " ".join(problem.message for problem in problems)
    missing = [repr(name) for name, argument in known.items()
               if argument.required and name not in entries and repr(name) not in said]
    if missing:
        problems.append(Problem(place.where, place.path, f"missing {', '.join(missing)}"))
    return entries, problems


def _list(known: Collection[str]) -> str:
    if len(known) > 20:
        return f"; none of the {len(known)} known names is similar"
    return f"; known: {', '.join(known)}" if known else "; it takes none"


def blame(error: Exception, entries: Mapping[str, Entry], place: Place) -> ConfigError:
    """Return the error of a constructor, at the argument that it mentions first, else at the name."""
    name = next((word for word in re.findall(r"\w+", str(error)) if word in entries), None)
    if name is not None:
        place = Place(entries[name].node.position, place.below(name))
    return place.error(message(error))
