"""A module's text as statements: which names each binds, which it uses, and what it imports from where."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Imported", "Module", "Statement"]


@dataclass(frozen=True)
class Imported:
    """Where a name comes from: a module of the package and a name in it; None for the module itself."""

    module: str
    name: str | None


@dataclass
class Statement:
    """One statement at the top of a module.

    Attributes:
        lines:   its text, with the comments right above it
        gap:     the empty lines before that
        binds:   the names that it defines
        uses:    the names that it reads, with the attributes that are asked of each: ``("layers", "Linear")``
        imports: the names that it, or a function inside of it, imports from the package
        texts:   string constants inside of it
    """

    node: ast.stmt
    lines: list[str]
    gap: int = 0
    binds: set[str] = field(default_factory=set)
    uses: set[tuple[str, ...]] = field(default_factory=set)
    imports: dict[str, Imported] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)

    @property
    def is_import(self) -> bool:
        """Whether nothing but an import."""
        return isinstance(self.node, (ast.Import, ast.ImportFrom))

    @property
    def is_text(self) -> bool:
        """Whether a docstring, of the module or of the name above it."""
        return isinstance(self.node, ast.Expr) and isinstance(self.node.value, ast.Constant)

    @property
    def is_names(self) -> bool:
        """Whether ``__all__``."""
        return self.binds == {"__all__"}


class Module:
    """The text of a module of a package, ``chainrule.layers.linear``."""

    def __init__(self, name: str, text: str, is_package: bool = False) -> None:
        self.name, self.text = name, text
        self.package = name if is_package else name.rpartition(".")[0]

    @cached_property
    def statements(self) -> list[Statement]:
        """The statements in order."""
        lines, found, last = self.text.splitlines(), list[Statement](), 0
        for node in ast.parse(self.text).body:
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]) - 1
            while first > last and lines[first - 1].startswith("#"):
                first -= 1
            gap, last = first - last, node.end_lineno or first
            found.append(self._read(Statement(node, lines[first:last], gap)))
        return found

    @cached_property
    def bound(self) -> dict[str, list[Statement]]:
        """The statements that bind a name."""
        bound: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.binds:
                bound.setdefault(name, []).append(statement)
        return bound

    def _read(self, statement: Statement) -> Statement:
        statement.binds |= set(_bound(statement.node))
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Attribute):
                statement.uses.add(_chain(node))
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                statement.uses.add((node.id,))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                statement.texts.add(node.value)
                if re.fullmatch(r"[\w.\[\], |]+", node.value):      # an annotation in quotes
                    statement.uses |= {(word,) for word in re.findall(r"\b[A-Za-z_]\w*", node.value)}
            elif isinstance(node, ast.ImportFrom):
                source = self._source(node)
                statement.imports |= {alias.asname or alias.name: Imported(source, alias.name) for alias in node.names}
            elif isinstance(node, ast.Import):
                statement.imports |= {alias.asname or alias.name.partition(".")[0]: Imported(
                    alias.name if alias.asname else alias.name.partition(".")[0], None) for alias in node.names}
        return statement

    def _source(self, node: ast.ImportFrom) -> str:
        """Return the module that something is imported from."""
        if not node.level:
            return node.module or ""
        base = self.package.split(".")
        base = base[:len(base) - node.level + 1]
        return ".".join([*base, node.module] if node.module else base)


def _chain(node: ast.expr) -> tuple[str, ...]:
    """Return the names of ``a.b.c``; nothing if it is no chain of names."""
    if isinstance(node, ast.Attribute):
        before = _chain(node.value)
        return (*before, node.attr) if before else ()
    return (node.id,) if isinstance(node, ast.Name) else ()


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds in its own scope."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)
