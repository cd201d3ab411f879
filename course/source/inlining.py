"""A module made to stand where less of its package is: what it imports and does not find there is written out in it."""

import ast
from collections.abc import Callable, Iterator
from symtable import SymbolTable, symtable

from ...layers.core import StateError
from .module import Imported, Module, Statement
from .pruning import import_lines

__all__ = ["inline"]

Find = Callable[[str], Module | None]
"""Returns a module of a package by its name; None if there is none."""


def inline(module: Module, whole: Find, there: Find) -> str:
    """Return the text of a module of the ``whole`` package with the definitions in it that the modules ``there`` lack.

    Imports that nothing reads go; kernels come as what their NumPy definitions say, without ``@compiled``.

    Raises: StateError where two definitions of one name would meet.

    Example:
        >>> from chainrule.course.source import Module, inline
        >>> kernels = Module("p.kernels", "SIDE = 2\\ndef area(r):\\n    return SIDE * r\\ndef other():\\n    pass\\n")
        >>> shapes = Module("p.shapes", "from .kernels import area\\ndef square(r):\\n    return area(r) * r\\n")
        >>> print(inline(shapes, {"p.kernels": kernels}.get, {}.get), end="")
        # From p.kernels:
        SIDE = 2
        <BLANKLINE>
        def area(r):
            return SIDE * r
        <BLANKLINE>
        def square(r):
            return area(r) * r
    """
    return "\n".join(_Inlined(module, whole, there).lines()).lstrip("\n") + "\n"


class _Inlined:
    """A module, the definitions that come along, those first that others rest on, and the imports of these.

    Attributes:
        origins: where what every name means is defined
    """

    def __init__(self, module: Module, whole: Find, there: Find) -> None:
        self.module, self.whole, self.there = module, whole, there
        self.origins = {name: self._origin(statement.imports.get(name, Imported(module.name, name)))
                        for name, statements in module.bound.items() for statement in statements}
        self.definitions: list[tuple[str, Statement]] = []
        self.begun: set[int] = set()
        self.imports: dict[str, Imported] = {}
        read = {name for statement in module.statements if not statement.is_names for name in _read(statement)}
        self.kept = {name for name in read & self.origins.keys() if self._is_within_reach(name)}
        for name in sorted(read & self.origins.keys() - self.kept):
            self._rest_on(name, self.origins[name])

    def lines(self) -> Iterator[str]:
        """Yield the lines of the module; imports come along behind its own, and definitions before its own."""
        statements = self.module.statements
        head = max((number for number, each in enumerate(statements, 1) if each.is_import), default=0)
        body = max((number for number, each in enumerate(statements, 1) if each.is_names), default=head)
        gap = 0
        for number, statement in enumerate(statements):
            if number == head:
                yield from sorted((_import_of(name, source) for name, source in self.imports.items()), reverse=True)
            if number == body:
                yield from self._along()
            lines = import_lines(statement.node, self.kept) if statement.is_import else _plain(statement)
            gap = max(gap, statement.gap)       # also those of an import that goes
            if lines:
                yield from [*[""] * gap, *lines]
                gap = 0

    def _along(self) -> Iterator[str]:
        before = ""
        for place, statement in self.definitions:
            yield from [""] * max(statement.gap, 1)
            yield from [f"# From {place}:"] * (place != before) + _plain(statement)
            before = place
        yield from [""] * bool(self.definitions and not self.module.statements[-1].gap)

    def _origin(self, source: Imported) -> Imported:
        """Return where a name is defined, whatever modules of the package it was handed through."""
        module = self.whole(source.module)
        if module is None or source.name not in module.bound:
            return source
        statement = module.bound[source.name][0]
        return self._origin(statement.imports[source.name]) if statement.is_import else source

    def _is_within_reach(self, name: str) -> bool:
        """Return whether the module's own import of a name holds, or it defines the name itself."""
        source = self.module.bound[name][0].imports.get(name)
        module = None if source is None else self.there(source.module)
        return source is None or (source.name in module.bound if module is not None
                                  else self.whole(source.module) is None)

    def _is_missing(self, origin: Imported) -> bool:
        """Return whether a name is defined in the package, and not in what is there of it, nor in the module itself."""
        if origin.module == self.module.name or self.whole(origin.module) is None or origin.name is None:
            return False
        module = self.there(origin.module)
        return module is None or origin.name not in module.bound

    def _define(self, origin: Imported) -> None:
        """Bring a definition along, and what it rests on."""
        module = self.whole(origin.module)
        for statement in module.bound.get(origin.name or "", []) if module is not None else []:
            if id(statement) in self.begun or module is None:
                continue
            self.begun.add(id(statement))
            if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(statement.node)):
                raise StateError(f"{origin.module}.{origin.name} has an import inside, so it can not be written out")
            for name in sorted(_read(statement) & module.bound.keys()):
                self._rest_on(name, self._origin(module.bound[name][0].imports.get(name, Imported(module.name, name))))
            self.definitions.append((origin.module, statement))

    def _rest_on(self, name: str, origin: Imported) -> None:
        known = self.origins.setdefault(name, origin)
        if known != origin:
            raise StateError(f"{self.module.name} would have two things of the name {name!r}: "
                             f"{known.module}.{known.name} and {origin.module}.{origin.name}")
        if self._is_missing(origin):
            self._define(origin)
            if name != origin.name:
                raise StateError(f"{self.module.name} calls {origin.module}.{origin.name} by another name, {name!r}")
        elif origin.module != self.module.name and name not in self.kept:
            self.imports[name] = origin


def _read(statement: Statement) -> set[str]:
    """Return the names of its module that a statement reads, but for the decorator that stays behind."""
    table = symtable("\n".join(statement.lines), "", "exec")
    names = {each.get_name() for each in table.get_symbols() if each.is_referenced()}
    return (names | set(_globals(table))) - {"compiled"}


def _globals(table: SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        yield from (each.get_name() for each in inner.get_symbols() if each.is_global())
        yield from _globals(inner)


def _plain(statement: Statement) -> list[str]:
    return [line for line in statement.lines if line != "@compiled"]


def _import_of(name: str, source: Imported) -> str:
    if source.name is None:
        return f"import {source.module}" + (f" as {name}" if name != source.module else "")
    return f"from {source.module} import {source.name}" + (f" as {name}" if name != source.name else "")
