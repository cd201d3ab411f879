"""The package of a handout: what the parts' classes and the check need, with all solutions taken out."""

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ..assignment import Assignment
from ..names import ROOMS, own_file, own_modules
from ..source import Blanked, Imported, Module, Spot, blank, locate, prune, without_methods
from .library import PACKAGE, data_file, library_text

__all__ = ["Stripped", "strip"]

_CHECK = (Imported(f"{PACKAGE}.course.answering", "answer_part"), Imported(f"{PACKAGE}.course.check", "main"),
          Imported(f"{PACKAGE}.course.check", "check_part"))
_MAIN = '''"""``python -m chainrule assignment check``: run the visible tests."""

from .course.check import main

raise SystemExit(main())
'''


@dataclass(frozen=True)
class Stripped:
    """Source without solutions.

    Attributes:
        files:   bytes by path
        solved:  the same with solutions, and what only these need
        spots:   where each part stands, by its name
        removed: the lines that are gone, by file
    """

    files: dict[str, bytes]
    solved: dict[str, bytes]
    spots: dict[str, Spot]
    removed: dict[str, tuple[str, ...]]


def strip(assignment: Assignment, right: Collection[str] = ()) -> Stripped:
    """Return the package and the assignment's own modules, solutions taken out, with no more than is needed.

    The parts named in ``right`` stay as they are.

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
    asked = {name: spot for name, spot in spots.items() if name not in right}
    blanked = {file: blank(text, [spot for spot in asked.values() if spot.file == file])
               for file, text in originals.items()}
    own = [Module(name, read(f"{name}.py") or "") for name in own_modules(assignment)]
    wanted = [*_CHECK, *_of_expressions(assignment, own), *_of_targets(assignment)]
    for module in own:
        wanted += _of_own(module, blanked.get(f"{module.name}.py"), list(spots.values()))
    texts = _without_helpers(blanked, asked, lambda changed: prune(read, wanted, changed))
    solved = prune(read, wanted)
    solved |= {file: text for file, text in originals.items() if "/" not in file}
    return Stripped(_files(texts), _files(solved), spots, {file: each.removed for file, each in blanked.items()})


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
            data = data_file(f"{folder}/{name}") if "." in name and not {"/", "\n"} & set(name) else None
            if data is not None and not name.endswith(".py"):
                yield f"{folder}/{name}", data
