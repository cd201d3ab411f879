"""How much of a solution is the library's own: the words of the code compared, whatever its names are."""

import ast
import io
import keyword
import token
import tokenize
from collections.abc import Mapping
from difflib import SequenceMatcher

from .source import Spot
from .source.locating import definition_of

__all__ = ["similarities", "similarity"]


def similarity(one: str, other: str) -> float:
    """Return how alike two pieces of code are, from 0 to 1; names, comments, docstrings and layout do not count.

    Example:
        >>> from chainrule.course.similarity import similarity
        >>> similarity("y = x @ w + b", "out = inputs @ weight + bias  # affine")
        1.0
    """
    return round(SequenceMatcher(None, _words(one), _words(other), autojunk=False).ratio(), 3)


def similarities(spots: Mapping[str, Spot], submission: Mapping[str, str], solution: Mapping[str, str]
                 ) -> dict[str, float]:
    """Return by part how alike the code at its spot is in two versions of the files; 0 where it is not to be found."""
    return {name: similarity(_code(submission.get(spot.file, ""), spot), _code(solution.get(spot.file, ""), spot))
            for name, spot in spots.items()}


def _code(text: str, spot: Spot) -> str:
    """Return the code of a function or class without its signature and docstrings."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    node = definition_of(tree, spot.path) if spot.path else tree
    if node is None:
        return ""
    for each in ast.walk(node):
        if isinstance(each, (ast.FunctionDef, ast.ClassDef, ast.Module)) and ast.get_docstring(each) is not None:
            each.body = each.body[1:]
    body = node.body if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)) else []
    return "\n".join(ast.unparse(statement) for statement in body)


def _words(code: str) -> list[str]:
    """Return the words and signs of code, names numbered as they first occur."""
    numbers: dict[str, str] = {}
    words: list[str] = []
    try:
        for each in tokenize.generate_tokens(io.StringIO(code).readline):
            if each.type == token.NAME and not keyword.iskeyword(each.string):
                words.append(numbers.setdefault(each.string, f"name {len(numbers)}"))
            elif each.type in (token.NAME, token.OP, token.NUMBER, token.STRING):
                words.append(each.string)
    except (tokenize.TokenError, IndentationError):
        pass        # what was read until there
    return words
