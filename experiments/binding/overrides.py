"""Dotted paths into a config: where a value stands, and ``--set a.b=c``, which changes one."""

from collections.abc import Iterable

from ..document import MAX_DEPTH, ConfigError, Entry, Node, Position, Problem, parse_value
from .naming import Place, read_arguments
from .registry import KINDS
from .signatures import arguments_of

__all__ = ["apply_overrides", "position_of"]


def position_of(root: Node, path: str | Iterable[str | int], *, key: bool = False) -> Position:
    """Return where the value at ``path`` stands, or its ``key``; of a path that ends early, the last key that exists.

    Example:
        >>> from chainrule.experiments.document.reading import parse_config
        >>> root = parse_config("model:\\n  - Linear: {in_features: 3}", "config.yaml")
        >>> str(position_of(root, "model.0.Linear.in_features"))
        'config.yaml:2:27'
        >>> str(position_of(root, ["model", 0, "Linear", "out_features"]))
        'config.yaml:2:5'
    """
    node, named_at = root, root.position
    for part in map(str, path.split(".") if isinstance(path, str) else path):
        if isinstance(node.value, dict) and part in node.value:
            named_at, node = node.value[part]
        elif isinstance(node.value, tuple) and part in map(str, range(len(node.value))):
            node = node.value[int(part)]
            named_at = node.position
        else:
            return named_at
    return named_at if key else node.position


def apply_overrides(root: Node, overrides: Iterable[str]) -> Node:
    """Return ``root`` with each ``path=value`` in place, the values read as YAML; raise ConfigError with all problems.

    A name that a mapping lacks is added, with mappings for a path that goes on; nothing (null) counts as lacking. An
    argument goes by its name also where the file writes ``Linear: [64, 32]``, ``Dropout: 0.1`` or only ``Adam``.

    Example:
        >>> from chainrule.experiments.document.reading import parse_config
        >>> root = parse_config("model: [{Linear: {out_features: 10}}]")
        >>> apply_overrides(root, ["model.0.Linear.out_features=64", "optimizer.Adam.lr=1e-3"]).plain()
        {'model': [{'Linear': {'out_features': 64}}], 'optimizer': {'Adam': {'lr': 0.001}}}
    """
    problems: list[Problem] = []
    for override in overrides:
        shown = override if len(override) <= 80 else f"{override[:77]}..."
        where = Position(f"--set {shown!r}")
        path, equals, text = override.partition("=")
        parts = path.strip().split(".")
        try:
            if not equals or "" in parts or len(parts) > MAX_DEPTH:
                raise ConfigError.at(where, "", "expected path=value with a path such as training.epochs")
            root = _replace(root, parts, 0, parse_value(text, where, tuple(parts)))
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    return root


def _by_name(node: Node, part: str, owner: str) -> Node:
    """Return arguments as a mapping if ``part`` names one; a name alone as one before its arguments."""
    if node.value == part:
        return Node({part: Entry(node.position, Node(None, node.position))}, node.position)
    kind = next((kind for kind in KINDS.values() if owner in kind.members), None)
    known = arguments_of(kind.members[owner], kind.given) if kind is not None else {}
    if part not in known or isinstance(node.value, dict):
        return node
    entries, _ = read_arguments(node, known, Place(node.position, owner))
    return Node(entries, node.position)


def _replace(node: Node, parts: list[str], depth: int, new: Node) -> Node:
    """Return ``node`` with ``new`` at the part of the path that begins at ``depth``."""
    if depth == len(parts):
        return new
    part, here = parts[depth], ".".join(parts[:depth])
    node = _by_name(node, part, parts[depth - 1] if depth else "")
    if isinstance(node.value, tuple):
        if part not in map(str, range(len(node.value))):
            raise ConfigError.at(new.position, here, f"a list of {len(node.value)} items has no item {part!r}; "
                                                     "the first is 0")
        index = int(part)
        item = _replace(node.value[index], parts, depth + 1, new)
        return Node((*node.value[:index], item, *node.value[index + 1:]), node.position)
    if node.value is not None and not isinstance(node.value, dict):
        raise ConfigError.at(new.position, here, f"{node.kind} has nothing called {part!r} inside; set {here} itself")
    entries = node.value or {}
    key_position, old = entries.get(part, Entry(new.position, Node(None, new.position)))
    return Node({**entries, part: Entry(key_position, _replace(old, parts, depth + 1, new))}, node.position)
