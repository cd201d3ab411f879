"""A config opened: found, read, changed by ``--set``, and made into an experiment or refused with all its problems."""

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import numpy as np

from ..layers.core import nearest
from .binding import Builder, apply_overrides, load_installed
from .document import ConfigError, Entry, Node, Plain, find_config, read_whole
from .tasks import Adversarial, Experiment, Language, Sequence, Supervised, Task, Variational

__all__ = ["TASKS", "Config", "open_config"]

TASKS: dict[str, type[Task]] = {
    "supervised": Supervised, "gan": Adversarial, "language": Language, "sequence": Sequence, "vae": Variational,
}


@dataclass(frozen=True)
class Config:
    """A config made real.

    Attributes:
        experiment: what it describes, ready to run
        resolved:   all that it says, changes and defaults included, from which the same run can be made again
        original:   the file as it was written
        overrides:  the changes
    """

    experiment: Experiment
    resolved: Plain
    original: bytes = b""
    overrides: tuple[str, ...] = ()


def open_config(config: str | Path, overrides: Iterable[str] = ()) -> Config:
    """Return the config in a file, or the recipe of that name, with each override ``path=value`` in place.

    Raises: ConfigError with all that is wrong with it.

    Example:
        >>> from chainrule.experiments import open_config
        >>> open_config("xor", ["training.epochs=3"]).experiment.epochs
        3
    """
    load_installed()
    path, overrides = find_config(config), tuple(overrides)
    root = _named(apply_overrides(read_whole(path, _sections()), overrides), path.stem)
    builder, task = Builder(root), _task(root)
    with np.errstate(all="ignore"):     # numbers out of range are reported in words
        experiment = builder.section(root, task, "").prepare(builder)
        return Config(experiment, _resolved(root, task, builder.files), path.read_bytes(), overrides)


def _sections() -> set[str]:
    """Return the keys of a config that hold sections."""
    return {name for task in TASKS.values() for name, hint in get_type_hints(task).items() if is_dataclass(hint)}


def _task(root: Node) -> type[Task]:
    """Return the class of the task that the config names; without one it is supervised."""
    if not isinstance(root.value, dict) or "task" not in root.value:
        return Supervised
    node = root.value["task"].node
    if not isinstance(node.value, str) or node.value not in TASKS:
        hint = nearest(str(node.value), TASKS) or f"; known: {', '.join(TASKS)}"
        raise ConfigError.at(node.position, "task", f"unknown task{hint}")
    return TASKS[node.value]


def _named(root: Node, stem: str) -> Node:
    """Give a config without a name that of its file."""
    entries = root.value if isinstance(root.value, dict) else {}
    name = Entry(root.position, Node(re.sub(r"[^\w.-]+", "_", stem).lstrip(".-") or "run", root.position))
    return Node({"name": name, **entries}, root.position)


def _resolved(node: Node | None, section: type, found: dict[int, Path]) -> dict[str, Plain]:
    written = node.value if node is not None and isinstance(node.value, dict) else {}
    hints = get_type_hints(section)
    result: dict[str, Plain] = {}
    for field in fields(section):
        entry = written.get(field.name)
        if is_dataclass(hints[field.name]):
            result[field.name] = _resolved(entry and entry.node, hints[field.name], found)
        elif entry is not None:
            result[field.name] = _plain(entry.node, found)
        else:
            result[field.name] = field.default if field.default is not MISSING else []
    return result


def _plain(node: Node, found: dict[int, Path]) -> Plain:
    """Return what a node says, paths as they were found: the config may be opened from another folder."""
    if isinstance(node.value, dict):
        return {name: _plain(entry.node, found) for name, entry in node.value.items()}
    if isinstance(node.value, tuple):
        return [_plain(item, found) for item in node.value]
    return str(found[id(node)]) if id(node) in found else node.plain()
