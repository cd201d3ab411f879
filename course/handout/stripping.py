"""The package of a handout: what the parts' classes and the check need, with all solutions taken out."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from ..assignment import Assignment
from ..names import ROOMS, own_modules
from ..own_files import own_file
from ..source import (
    Blanked,
    Imported,
    Module,
    Spot,
    blank,
    inline,
    locate,
    prune,
    without_beyond,
    without_methods,
)
from .library import PACKAGE, data_file, library_text

__all__ = ["Stripped", "strip"]

_CHECK = (Imported(f"{PACKAGE}.course.answering", "answer_part"), Imported(f"{PACKAGE}.course.check", "main"),
          Imported(f"{PACKAGE}.course.check", "check_part"))
_MEMORY = (Imported(f"{PACKAGE}.layers.kernels.memory", "empty"),
           Imported(f"{PACKAGE}.layers.kernels.memory", "empty_like"))      # what all kernels begin with, and no answer
_MAIN = '''"""``python -m chainrule assignment check``: run the visible tests."""

from .course.check import main

raise SystemExit(main())
'''


@dataclass(frozen=True)
class Stripped:
    """Source without solutions.

    Attributes:
        files:   bytes by path
        solved:  those that solutions are written in, as they are then: with nothing but what ``files`` have
        spots:   where each part stands, by its name
        removed: the lines that are gone, by file
    """

    files: dict[str, bytes]
    solved: dict[str, bytes]
    spots: dict[str, Spot]
    removed: dict[str, tuple[str, ...]]


def strip(assignment: Assignment) -> Stripped:
    """Return the package and the assignment's own modules, solutions taken out, with no more than is needed.

    Raises: UnknownNameError where a target or something given is not there.
    """
    folder = assignment.folder
    spots = {name: locate(part.target, folder) for name, part in assignment.parts.items()}

    def read(path: str) -> str | None:
        own = own_file(folder, path)
        if path.removesuffix(".py") in own_modules(assignment):
            return own.read_text(encoding="utf-8") if own.is_file() else None
        return library_text(path)

    originals = {file: read(file) or "" for file in dict.fromkeys(spot.file for spot in spots.values())}
    blanked = {file: blank(text, [spot for spot in spots.values() if spot.file == file])
               for file, text in originals.items()}
    own = [Module(name, read(f"{name}.py") or "") for name in own_modules(assignment)]
    wanted = [*_CHECK, *_of_expressions(assignment, own), *_of_targets(assignment)]
    for file, path in ((spot.file, spot.path) for spot in spots.values() if "/" in spot.file):
        wanted += [*_MEMORY, Imported(_name(file), f"{path[0]}Cache")]      # what a class keeps is no secret
    for module in own:
        wanted += _of_own(module, blanked.get(f"{module.name}.py"), list(spots.values()))
    texts = _without_helpers(blanked, spots, lambda changed: prune(read, wanted, changed))
    of_library = {file: without_beyond(text, [spot for spot in spots.values() if spot.file == file])
                  for file, text in originals.items() if "/" in file}
    whole = prune(read, wanted, of_library)
    solved = {file: text for file, text in originals.items() if "/" not in file}
    library, there = _modules(read), _modules(texts.get)
    solved |= {file: inline(Module(_name(file), whole[file]), library, there) for file in of_library}
    return Stripped(_files(texts), {file: solved[file].encode() for file in originals}, spots,
                    {file: each.removed for file, each in blanked.items()})


def _name(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _modules(read: Callable[[str], str | None]) -> Callable[[str], Module | None]:
    """Return a function from the name of a module of the package to the module."""
    @cache
    def module(name: str) -> Module | None:
        path = name.replace(".", "/")
        for file in (f"{path}.py", f"{path}/__init__.py"):
            text = read(file) if path.startswith(f"{PACKAGE}/") else None
            if text is not None:
                return Module(name, text, file != f"{path}.py")
        return None
    return module


def _files(texts: dict[str, str]) -> dict[str, bytes]:
    texts = texts | {f"{PACKAGE}/__init__.py": _face(texts), f"{PACKAGE}/__main__.py": _MAIN}
    return {path: text.encode() for path, text in texts.items()} | dict(_data(texts))


def _of_expressions(assignment: Assignment, own: list[Module]) -> Iterator[Imported]:
    """Yield the names of the library that examples make and call, but for those that are the assignment's own."""
    expressions = [text for part in assignment.parts.values() for example in part.examples
                   for text in (example.make, example.call) if text]
    names = {node.id for text in expressions for node in ast.walk(ast.parse(text, mode="eval"))
             if isinstance(node, ast.Name)}
    names -= {name for module in own for name in module.bound}
    for room in ROOMS:
        module = Module("", library_text(f"{PACKAGE}/{room}/__init__.py") or "")
        yield from (Imported(f"{PACKAGE}.{room}", name) for name in sorted(names & module.bound.keys()))


def _of_targets(assignment: Assignment) -> Iterator[Imported]:
    """Yield what the targets, and what is given, are called on the way to them."""
    for target in (*(part.target for part in assignment.parts.values()), *assignment.given):
        room, *path = target.split(".")
        if room in ROOMS:
            at = f"{PACKAGE}.{room}"
            yield Imported(at, None)
            for name in path:
                yield Imported(at, name)
                at = f"{at}.{name}"


def _of_own(module: Module, blanked: Blanked | None, spots: list[Spot]) -> Iterator[Imported]:
    """Yield what there is in a module of the assignment's own, but for what only solutions use."""
    asked = {spot.path[0] for spot in spots if spot.file == f"{module.name}.py" and spot.path}
    used = blanked.used if blanked is not None else frozenset()
    yield Imported(module.name, None)
    for name, statements in module.bound.items():
        if not all(each.is_import for each in statements) and (name in asked or name not in used):
            yield Imported(module.name, name)


def _without_helpers(blanked: dict[str, Blanked], spots: dict[str, Spot],
                     pruned: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
    """Prune, and take methods out of ``blanked`` that only solutions use, until there are none."""
    asked = {spot.path[-1] for spot in spots.values() if spot.path}
    while True:
        texts, before = pruned({file: each.text for file, each in blanked.items()}), dict(blanked)
        read = {name for text in texts.values() for name in _names_in(text)}
        for spot in spots.values():
            unused = {name for name in blanked[spot.file].used - read - asked if not name.startswith("__")}
            if len(spot.path) > 1:
                blanked[spot.file] = without_methods(blanked[spot.file], spot.path[:1], unused)
        if blanked == before:
            return texts


def _names_in(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def _face(texts: dict[str, str]) -> str:
    """Return the text of the package's ``__init__``, which imports the rooms that there are."""
    rooms = [room for room in sorted(ROOMS) if f"{PACKAGE}/{room}/__init__.py" in texts]
    names = ", ".join(f'"{name}"' for name in sorted([*rooms, "manual_seed"]))
    head = (library_text(f"{PACKAGE}/__init__.py") or "").partition("from ")[0]
    return f"{head}from . import {', '.join(rooms)}\nfrom .layers.core import manual_seed\n\n__all__ = [{names}]\n"


def _data(texts: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files that lie beside modules and are named in them."""
    for path, text in texts.items():
        folder = path.rpartition("/")[0]
        for name in (name for statement in Module("", text).statements for name in sorted(statement.texts)):
            data = data_file(f"{folder}/{name}") if re.fullmatch(r"[\w-]+(\.\w+)+", name) else None
            if data is not None and not name.endswith(".py"):
                yield f"{folder}/{name}", data
