"""A package reduced to what some of its names need: whole statements stay or go."""

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from .module import Imported, Module, Statement

__all__ = ["Pruned", "import_lines", "prune"]

WIDTH = 120
Read = Callable[[str], str | None]
"""Returns the text of a file of the package by its path, ``chainrule/layers/linear.py``; None if there is none."""


class Pruned:
    """The modules that are needed, and of each the statements.

    Statements that bind nothing, such as a registration, stay where anything of their module does.
    """

    def __init__(self, read: Read) -> None:
        self.read = read
        self.modules: dict[str, Module] = {}
        self.kept: dict[str, set[int]] = {}         # by module: the statements, by identity
        self.names: dict[str, set[str]] = {}        # by module: the names that others or itself need
        self.waiting: list[Imported] = []

    def need(self, wanted: Iterable[Imported]) -> None:
        """Keep these names, and all that they need in turn."""
        self.waiting += wanted
        while self.waiting:
            self._follow(self.waiting.pop())

    def module(self, name: str) -> Module | None:
        """Return a module of the package, which thereby is needed."""
        if name not in self.modules:
            path = name.replace(".", "/")
            text, is_package = self.read(f"{path}.py"), False
            if text is None:
                text, is_package = self.read(f"{path}/__init__.py"), True
            if text is None:
                return None
            module = self.modules[name] = _parsed(name, text, is_package)
            self.kept[name], self.names[name] = set(), set()
            if "." in name:
                self.module(name.rpartition(".")[0])
            for statement in module.statements:
                if not statement.binds and not statement.is_text:
                    self._keep(module, statement)
            if "np" in module.bound and "NotImplementedError" in text:      # whoever writes what is missing needs it
                self.names[name].add("np")
        return self.modules[name]

    def texts(self) -> dict[str, str]:
        """Return the text of every module by path."""
        return {f"{name.replace('.', '/')}{'/__init__' if module.package == name else ''}.py": self._text(module)
                for name, module in sorted(self.modules.items())}

    def _follow(self, wanted: Imported) -> None:
        module = self.module(wanted.module)
        if module is None or wanted.name is None or wanted.name in self.names[module.name]:
            return
        if wanted.name not in module.bound:
            self.module(f"{wanted.module}.{wanted.name}")
            return
        self.names[module.name].add(wanted.name)
        for statement in module.bound[wanted.name]:
            if statement.is_import and wanted.name in statement.imports:
                self.waiting.append(statement.imports[wanted.name])
            self._keep(module, statement)

    def _keep(self, module: Module, statement: Statement) -> None:
        if id(statement) in self.kept[module.name]:
            return
        self.kept[module.name].add(id(statement))
        if statement.is_import or statement.is_names:
            return
        self.waiting += statement.imports.values()
        inside = set(statement.imports)
        for name, *attributes in sorted(filter(None, statement.uses)):
            if name in module.bound and name not in inside:
                self.waiting.append(Imported(module.name, name))
                for other in module.bound[name]:
                    if name in other.imports and attributes:
                        self._attributes(other.imports[name], attributes)

    def _attributes(self, source: Imported, attributes: list[str]) -> None:
        """Keep what is asked of a module that was imported: ``layers.Linear``."""
        if source.name is not None:
            parent = self.module(source.module)
            if parent is None or source.name in parent.bound:
                return
            source = Imported(f"{source.module}.{source.name}", None)
        for attribute in attributes:
            module = self.module(source.module)
            if module is None:
                return
            self.waiting.append(Imported(module.name, attribute))
            source = Imported(f"{module.name}.{attribute}", None)

    def _text(self, module: Module) -> str:
        kept, names, text = self.kept[module.name], self.names[module.name], list[str]()
        gap, stays = 0, True
        for statement in module.statements:
            gap = max(gap, statement.gap)
            if statement.is_names:
                public = [f'"{name}"' for name in _strings(statement.node) if name in names]
                lines = _wrapped("__all__ = [", public, "]")
            elif statement.is_import:
                lines = import_lines(statement.node, names)
            else:       # a text belongs to the statement above it
                stays = stays if statement.is_text else id(statement) in kept
                lines = statement.lines if stays else []
            if lines:
                text += [""] * gap + lines
                gap = 0
        return "\n".join(text) + "\n"


def prune(read: Read, wanted: Iterable[Imported], changed: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the texts of a package, by path, with no more in them than the wanted names need.

    ``changed`` texts take the place of those that ``read`` returns.
    """
    texts = changed or {}
    pruned = Pruned(lambda path: texts.get(path) or read(path))
    pruned.need(wanted)
    return pruned.texts()


@lru_cache(1000)
def _parsed(name: str, text: str, is_package: bool) -> Module:
    return Module(name, text, is_package)


def _strings(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def import_lines(node: ast.stmt, names: set[str]) -> list[str]:
    """Return the lines of an import of these names alone; none if it has none of them."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return []
    kept = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in names]
    if not kept:
        return []
    written = [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in kept]
    if isinstance(node, ast.Import):
        return [f"import {', '.join(written)}"]
    head = f"from {'.' * node.level}{node.module or ''} import "
    return [head + ", ".join(written)] if len(head + ", ".join(written)) <= WIDTH \
        else [f"{head}(", *(f"    {name}," for name in written), ")"]


def _wrapped(head: str, items: list[str], tail: str) -> list[str]:
    lines, indent = [head], " " * len(head)
    for number, item in enumerate(items):
        piece = item + (", " if number < len(items) - 1 else tail)
        if len(lines[-1] + piece.rstrip()) > WIDTH:
            lines[-1] = lines[-1].rstrip()
            lines.append(indent)
        lines[-1] += piece
    return lines if items else [head + tail]
