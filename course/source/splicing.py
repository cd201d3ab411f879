"""A right version put into somebody's file in the place of what is there, for parts that rest on it."""

import ast
from collections.abc import Collection, Iterable, Iterator

from ...layers.core import UnknownNameError
from .locating import Definition, Spot, definition_of, definitions
from .module import Module

__all__ = ["splice"]

_MARK = "_right_"


def splice(text: str, solution: str, spots: Iterable[Spot]) -> str:
    """Return ``text`` with the functions and methods at the spots, all of one file, as ``solution`` has them.

    What these use besides, of their module and of private methods of their class, comes along under names of its own,
    so that nothing else in ``text`` changes; other methods of their class come along where it lacks them.

    Raises: UnknownNameError where the text has no such function or class; SyntaxError where it is no Python.

    Example:
        >>> from chainrule.course.source import Spot, splice
        >>> right = "def twice(x):\\n    return 2 * x\\ndef area(r):\\n    return twice(r) * r\\n"
        >>> wrong = "def twice(x):\\n    return 0\\ndef area(r):\\n    pass\\n"
        >>> print(splice(wrong, right, [Spot("circle.py", ("area",), "circle.area")]), end="")
        def _right_twice(x):
            return 2 * x
        <BLANKLINE>
        def twice(x):
            return 0
        <BLANKLINE>
        def area(r):
            return _right_twice(r) * r
    """
    spots = list(spots)
    if any(not spot.path for spot in spots):
        return solution
    tree, right, module = ast.parse(text), ast.parse(solution), Module("", solution)
    wanted = [found for spot in spots for found in _functions(right, spot)]
    helpers = _helpers(tree, right, wanted)
    names = {name for _, node in (*wanted, *helpers) for name in _names(node)}
    beside = _used(names, module, {path[0] for path, _ in wanted})
    rename = _Rename(beside, {path[-1] for path, _ in helpers if path[-1].startswith("_")})
    for path, node in (*wanted, *helpers):
        _put(tree, path, rename.visit(node))
    needed = [_only(statement.node, beside) for statement in module.statements if statement.binds & beside]
    first = 1 if ast.get_docstring(tree) is not None else 0
    tree.body[first:first] = [rename.visit(node) for node in needed]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _functions(tree: ast.Module, spot: Spot) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef]]:
    node = definition_of(tree, spot.path)
    if isinstance(node, ast.FunctionDef):
        yield spot.path, node
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, ast.FunctionDef):
            yield (*spot.path, method.name), method


def _used(names: Collection[str], module: Module, own: Collection[str]) -> set[str]:
    """Return the names of the module that these need, and those that they need in turn."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in module.bound and name not in own and name not in found:
            found.add(name)
            waiting += [use[0] for statement in module.bound[name] for use in statement.uses if use]
    return found


def _helpers(tree: ast.Module, right: ast.Module, wanted: Iterable[tuple[tuple[str, ...], ast.FunctionDef]]
             ) -> list[tuple[tuple[str, ...], ast.FunctionDef]]:
    """Return the methods of their class that these call, and those call in turn: private ones, and those not there."""
    found: dict[tuple[str, ...], ast.FunctionDef] = {}
    waiting: list[tuple[tuple[str, ...], ast.AST]] = [(path, node) for path, node in wanted if len(path) > 1]
    there = {path for path, _ in definitions(tree)} | {path for path, _ in wanted}
    while waiting:
        (*owner, _), node = waiting.pop()
        for name in sorted(_attributes(node)):
            path = (*owner, name)
            method = definition_of(right, path)
            private = name.startswith("_") and not name.startswith("__")
            if isinstance(method, ast.FunctionDef) and path not in found and (private or path not in there):
                found[path] = method
                waiting.append((path, method))
    return list(found.items())


def _put(tree: ast.Module, path: tuple[str, ...], node: Definition) -> None:
    """Put a definition where a path says, under its own name, in the place of one that is there."""
    body, owner = tree.body, None if len(path) == 1 else definition_of(tree, path[:-1])
    if len(path) > 1:
        if not isinstance(owner, ast.ClassDef):
            raise UnknownNameError(f"there is no class {'.'.join(path[:-1])}, which {path[-1]} belongs to")
        body = owner.body
    same = [place for place, other in enumerate(body)
            if isinstance(other, (ast.FunctionDef, ast.ClassDef)) and other.name == node.name]
    if same:
        body[same[-1]] = node
    else:
        body.append(node)


class _Rename(ast.NodeTransformer):
    """Marks names of the module and private methods."""

    def __init__(self, names: Collection[str], methods: Collection[str]) -> None:
        self.names, self.methods = names, methods

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(_MARK + node.id, node.ctx) if node.id in self.names else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.Attribute(node.value, _MARK + node.attr, node.ctx) if node.attr in self.methods else node

    def visit_alias(self, node: ast.alias) -> ast.alias:
        bound = node.asname or node.name
        return ast.alias(node.name, _MARK + bound) if bound in self.names else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._definition(node)

    def _definition(self, node: Definition) -> ast.AST:
        self.generic_visit(node)
        if node.name in self.names or node.name in self.methods:
            node.name = _MARK + node.name
        return node


def _only(node: ast.stmt, names: Collection[str]) -> ast.stmt:
    """Return an import of these names alone, other statements as they are."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        node.names = [alias for alias in node.names if (alias.asname or alias.name) in names]
    return node


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _attributes(node: ast.AST) -> set[str]:
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
