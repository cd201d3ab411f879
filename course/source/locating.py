"""Where the code of a part stands: the file, and the path inside of it to a method, a class or a function."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from ...layers.core import UnknownNameError, nearest
from ...optim import Optimizer
from ..names import ROOMS
from ..own_files import own_file

__all__ = ["Definition", "Spot", "definition_of", "definitions", "locate"]

Definition: TypeAlias = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Spot:
    """A place in the source of a handout.

    Attributes:
        file: its path in the handout, ``chainrule/layers/linear.py`` or ``xor.py``
        path: the names on the way, ``("Linear", "backward")``; empty for the whole file
        name: the target as it is written, without its room: what is raised where there is no solution
    """

    file: str
    path: tuple[str, ...]
    name: str


def locate(target: str, folder: Path | str) -> Spot:
    """Return where a target stands: ``layers.Linear.backward`` of the library, ``xor.train`` of a file in ``folder``.

    A method that a class inherits stands where it is written. Of an optimiser ``step`` is its rule, ``update``.

    Raises: UnknownNameError where there is no such file, class or method.
    """
    room, *path = target.split(".")
    if room not in ROOMS:
        return _of_file(room, tuple(path), Path(folder), target)
    package = __name__.split(".")[0]
    owner: Any = import_module(f"{package}.{room}")
    for depth, name in enumerate(path):
        if isinstance(owner, type) and issubclass(owner, Optimizer) and name == "step":
            name = "update"
        if isinstance(owner, type):
            writer = next((kind for kind in owner.__mro__ if name in vars(kind)), None)
            if writer is None or not writer.__module__.startswith(package):
                raise UnknownNameError(f"{target}: {owner.__name__} has no method {name!r}{nearest(name, vars(owner))}")
            return Spot(_file(writer.__module__), (writer.__name__, name), ".".join(path))
        if not hasattr(owner, name):
            known = getattr(owner, "__all__", dir(owner))
            raise UnknownNameError(f"{target}: no {name!r} in {'.'.join([room, *path[:depth]])}{nearest(name, known)}")
        owner = getattr(owner, name)
    if not path or not hasattr(owner, "__module__"):
        raise UnknownNameError(f"{target}: expected a class, a method or a function of the library")
    return Spot(_file(owner.__module__), (owner.__name__,), ".".join(path))


def _of_file(module: str, path: tuple[str, ...], folder: Path, target: str) -> Spot:
    file = own_file(folder, f"{module}.py")
    if not file.is_file():
        known = [*ROOMS, *(entry.stem for entry in folder.glob("*.py"))]
        raise UnknownNameError(f"{target}: no file {file.name!r} beside the assignment, and no room of the library"
                               f"{nearest(module, known)}")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if path and definition_of(tree, path) is None:
        known = [".".join(other) for other, _ in definitions(tree)]
        raise UnknownNameError(f"{target}: {file.name} defines no {'.'.join(path)!r}{nearest('.'.join(path), known)}")
    return Spot(file.name, path, ".".join([module, *path]))


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def definitions(tree: ast.AST, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Definition]]:
    """Yield functions, classes and their methods with their paths."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield (*above, node.name), node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node, (*above, node.name))


def definition_of(tree: ast.AST, path: tuple[str, ...]) -> Definition | None:
    """Return the function or class at a path."""
    return dict(definitions(tree)).get(path)
