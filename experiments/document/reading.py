"""YAML files as trees of nodes that know where they stand, within limits of size, depth and repetition."""

import re
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeAlias

import yaml
from yaml import events

from ...layers.core import nearest
from .problems import ConfigError, Position, Problem, explain_character, explain_syntax, explain_unreadable
from .scalars import Value, scalar

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "MAX_PROBLEMS", "Entry", "Node", "Plain", "parse_config",
           "parse_value", "read_config", "read_value"]

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_NODES = 10_000     # keys and values, with every alias written out
MAX_PROBLEMS = 50

Plain: TypeAlias = "Value | list[Plain] | dict[str, Plain]"


class Entry(NamedTuple):
    """The place of a key in a mapping, and the node it names."""

    key_position: Position
    node: "Node"


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place: text, a number, true, false, None, a tuple of nodes, or entries by name."""

    value: Value | tuple["Node", ...] | dict[str, Entry]
    position: Position

    def children(self) -> Iterable["Node"]:
        """Return the nodes of a list or mapping."""
        if isinstance(self.value, dict):
            return [entry.node for entry in self.value.values()]
        return self.value if isinstance(self.value, tuple) else ()

    def plain(self) -> Plain:
        """Return the value as ordinary numbers, text, lists and dictionaries."""
        if isinstance(self.value, dict):
            return {name: entry.node.plain() for name, entry in self.value.items()}
        return [item.plain() for item in self.value] if isinstance(self.value, tuple) else self.value

    @property
    def kind(self) -> str:
        """What an error message calls the value, such as ``the text 'Adam'`` or ``a list``."""
        if isinstance(self.value, (dict, tuple)):
            return "a mapping" if isinstance(self.value, dict) else "a list"
        if self.value is None or isinstance(self.value, bool):
            return "nothing" if self.value is None else str(self.value).lower()
        return f"the {'text' if isinstance(self.value, str) else 'number'} {reprlib.repr(self.value)}"


def read_config(path: str | Path) -> Node:
    """Read the YAML file at ``path``, a mapping; raise ConfigError with all that is wrong with it."""
    return _mapping(read_value(path))


def read_value(path: str | Path) -> Node:
    """Read a YAML file that may hold a value of any kind."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:     # ValueError: a null character in the path
        raise ConfigError.at(Position(str(path)), "", explain_unreadable(Path(path), error)) from None
    if len(data) > MAX_BYTES:
        raise ConfigError.at(Position(str(path)), "", f"larger than {MAX_BYTES} bytes, which no config should be")
    return parse_value(data.decode(errors="surrogateescape"), Position(str(path), 1, 1))


def parse_config(text: str, file: str = "config") -> Node:
    """Read YAML ``text`` whose top level is a mapping, naming ``file`` in errors.

    Example:
        >>> from chainrule.experiments.document.reading import parse_config
        >>> parse_config("optimizer: {Adam: {lr: 1e-3}}\\nnesterov: no").plain()
        {'optimizer': {'Adam': {'lr': 0.001}}, 'nesterov': 'no'}
    """
    return _mapping(parse_value(text, Position(file, 1, 1)))


def parse_value(text: str, origin: Position, path: tuple[str, ...] = ()) -> Node:
    """Read one value of any kind, the part ``path`` of a config; if ``origin`` has no line, all nodes stand at it."""
    text = text.removeprefix("\ufeff")
    if bad := _NOT_ALLOWED.search(text):
        raise ConfigError.at(origin.after(text[:bad.start()]), "", explain_character(bad[0]))
    return _Builder(text, origin).document(path)


def _mapping(root: Node) -> Node:
    if isinstance(root.value, dict):
        return root
    raise ConfigError.at(root.position, "", f"the top level must be a mapping, 'key: value' lines, got {root.kind}")


class _Builder:
    """Builds the nodes of one document from PyYAML's events, and collects the problems on the way."""

    def __init__(self, text: str, origin: Position) -> None:
        self.origin = origin
        self.events = yaml.parse(text, Loader=yaml.SafeLoader)
        self.event = events.Event()
        self.opened: list[Position] = []
        self.anchors: dict[str, tuple[Position, Node | None]] = {}    # None while the block is still open
        self.count = 0
        self.problems: list[Problem] = []

    def document(self, path: tuple[str, ...]) -> Node:
        root: Node | None = None
        while not isinstance(event := self.next_event(), events.StreamEndEvent):
            if isinstance(event, events.DocumentStartEvent) and root is not None:
                self.fail(self.at(event.start_mark), "a second document begins here; a config is one document")
            if isinstance(event, events.NodeEvent):
                root = self.node(event, path)
        if self.problems:
            raise ConfigError(self.problems)
        return root or Node(None, self.origin)

    def node(self, event: events.Event, path: tuple[str, ...]) -> Node:
        where = self.at(event.start_mark)
        if not isinstance(event, (events.ScalarEvent, events.CollectionStartEvent)):    # then it is an AliasEvent
            return self.alias(getattr(event, "anchor", ""), where, path)
        self.admit(where, len(self.opened))
        if event.tag is not None:
            tag = reprlib.repr(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.report(where, path, f"tag {tag} is not allowed; text that begins with '!' needs quotes")
        if event.anchor in self.anchors:
            self.report(where, path, f"anchor &{event.anchor} again, first defined at {self.anchors[event.anchor][0]}")
        if event.anchor is not None:
            self.anchors[event.anchor] = where, None
        self.opened.append(where)
        if isinstance(event, events.ScalarEvent):
            node = Node(self.value(event, where, path), where)
        elif isinstance(event, events.SequenceStartEvent):
            node = Node(self.items(path), where)
        else:
            node = Node(self.entries(path, in_braces=bool(event.flow_style)), where)
        self.opened.pop()
        if event.anchor is not None:
            self.anchors[event.anchor] = where, node
        return node

    def alias(self, name: str, where: Position, path: tuple[str, ...]) -> Node:
        _, node = self.anchors.get(name, (where, None))
        if node is not None:
            self.admit(where, len(self.opened), node)
            return node
        message = f"unknown alias *{name}; text that begins with '*' needs quotes{nearest(name, self.anchors)}"
        if name in self.anchors:
            message = f"alias *{name} stands inside the block that it repeats"
        self.report(where, path, message)
        return Node(None, where)

    def value(self, event: events.ScalarEvent, where: Position, path: tuple[str, ...]) -> Value:
        try:
            if event.style is None:
                return scalar(event.value)
            # JSON writes a character beyond 16 bits as two escapes, "\ud83d\ude00"; one half alone is no character
            return event.value.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            self.report(where, path, "an escape here is one half of a surrogate pair, which is no character")
        except ValueError as error:
            self.report(where, path, str(error))
        return None

    def items(self, path: tuple[str, ...]) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := self.next_event(), events.SequenceEndEvent):
            items.append(self.node(event, (*path, str(len(items)))))
        return tuple(items)

    def entries(self, path: tuple[str, ...], *, in_braces: bool) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self.next_event(), events.MappingEndEvent):
            unquoted = event.value if isinstance(event, events.ScalarEvent) and event.style is None else ""
            key = self.node(event, path)
            where = self.at(event.start_mark)    # not that of the node, which is elsewhere for an alias
            name = key.value if isinstance(key.value, str) else None
            inner = (*path, name or unquoted or "?")
            node = self.node(self.next_event(), inner)
            if name is None:
                fix = "; put quotes around it" if unquoted else ""
                self.report(where, path, f"a key must be text, got {key.kind}{fix}")
            elif unquoted == "<<":
                self.report(where, path, "YAML 1.2 has no merge key '<<'; write the keys out")
            elif in_braces and ":" in unquoted and node.value is None:
                self.report(where, inner, "a key without a value; the colon needs a space behind it")
            elif name in entries:
                self.report(where, inner, f"duplicate key, first at {entries[name].key_position}")
            else:
                entries[name] = Entry(where, node)
        return entries

    def admit(self, where: Position, depth: int, repeated: Node | None = None) -> None:
        """Count a node, with an alias all that it repeats, and stop where the tree grows too large or too deep."""
        self.count += 1
        if self.count > MAX_NODES:
            self.fail(where, f"more than {MAX_NODES} keys and values, with every alias written out")
        if depth > MAX_DEPTH:
            self.fail(where, f"nested deeper than {MAX_DEPTH} levels")
        for child in repeated.children() if repeated else ():
            self.admit(where, depth + 1, child)

    def next_event(self) -> events.Event:
        try:
            self.event = next(self.events)
        except yaml.MarkedYAMLError as error:
            problem = f"{error.problem} {error.context or ''}".strip()
            if "<stream end>" in problem and "flow" in problem:
                self.fail(self.opened[-1], "this bracket is never closed")
            late = "end of stream" in problem or "could not find expected ':'" in problem
            self.fail(self.at(error.context_mark if late else error.problem_mark), explain_syntax(problem))
        except (ValueError, OverflowError):    # an escape beyond Unicode, a %YAML version of 5000 digits
            self.fail(self.at(self.event.end_mark), "the escape or number behind this is out of range")
        return self.event

    def at(self, mark: Any) -> Position:    # a mark of PyYAML, from its Python or its C half
        if mark is None or self.origin.line is None:
            return self.origin
        return Position(self.origin.file, mark.line + 1, mark.column + 1)

    def report(self, where: Position, path: tuple[str, ...], message: str) -> None:
        self.problems.append(Problem(where, ".".join(path), message))
        if len(self.problems) == MAX_PROBLEMS:
            self.fail(where, f"the first {MAX_PROBLEMS} problems are enough")

    def fail(self, where: Position, message: str) -> NoReturn:
        raise ConfigError([*self.problems, Problem(where, "", message)])


_NOT_ALLOWED = re.compile(    # control characters, halves of surrogate pairs, and line breaks that only YAML 1.1 knows
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
