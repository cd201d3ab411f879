"""The names that the expressions of an assignment may use: the library's, and those of its own files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..testing.diagnosis.raised import told_of
from .assignment.schema import Assignment
from .own_files import shipped

__all__ = ["ROOMS", "Names", "library_names", "names_of", "own_modules"]

ROOMS = ("layers", "losses", "optim", "data", "training", "models", "testing", "backprop", "analysis")
Names = dict[str, Any]


def own_modules(assignment: Assignment) -> tuple[str, ...]:
    """Return the modules beside the assignment's file, those that parts are taken out of first."""
    targets = [part.target.partition(".")[0] for part in assignment.parts.values()]
    files = [Path(file).stem for file in assignment.files if file.endswith(".py")]
    return tuple(dict.fromkeys(name for name in (*targets, *files) if name not in ROOMS))


def names_of(assignment: Assignment, folder: Path | str | None, *more: str) -> Names:
    """Return all names, those of the assignment's own modules (and ``more``), in ``folder``, before the library's.

    Without a folder they are found as any module is.

    Own modules are imported anew every time, and are ``_modules`` by name; the names that they define go before their
    own. One that can not be imported leaves its error in ``_errors``.
    """
    names = library_names()
    modules: dict[str, ModuleType] = {}
    errors: dict[str, str] = {}
    own = (*own_modules(assignment), *more)
    with _within(folder):
        for name in reversed(own):
            try:
                modules[name] = import_module(name)
            except Exception as error:      # whatever is wrong with a file
                told = told_of(error)
                errors[name] = told if f"{name}.py" in told else f"{told} (in {name}.py)"
                continue
            names.update({name: modules[name]} | {key: value for key, value in vars(modules[name]).items()
                                                  if not key.startswith("_")})
    return names | {"_modules": modules, "_errors": errors}


def library_names() -> Names:
    """Return the rooms of the library and what they export; in a handout, those that it has."""
    names: Names = {"np": np}
    for room in ROOMS:
        try:
            module = import_module(f"{__name__.partition('.')[0]}.{room}")
        except ImportError:         # not in every handout
            continue
        names.update({name: value for name, value in vars(module).items() if not name.startswith("_")})
        names[room] = module
    return names


@contextmanager
def _within(folder: Path | str | None) -> Iterator[None]:
    """Import modules from a folder, and forget them afterwards: another assignment may have others of these names."""
    if folder is None:
        yield
        return
    places = [str(Path(folder).absolute()), *map(str, shipped())]
    beside = {path.stem for place in places for path in Path(place).glob("*.py")}
    before = {name: sys.modules.pop(name) for name in beside if name in sys.modules}
    path, writes = list(sys.path), sys.dont_write_bytecode
    sys.path[:0] = places
    sys.dont_write_bytecode = True      # compiled files have no place beside an assignment
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        sys.path[:] = path
        for name in beside:
            sys.modules.pop(name, None)
        sys.modules.update(before)
