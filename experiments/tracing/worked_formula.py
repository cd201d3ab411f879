"""A formula with the numbers of one element put in, as one would write it down by hand."""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...layers.core import Array

__all__ = ["worked_formula"]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs, "cos": np.cos, "exp": np.exp, "log": np.log, "max": np.maximum, "min": np.minimum,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "sign": np.sign, "sin": np.sin, "sqrt": np.sqrt, "tanh": np.tanh}
OPERATORS: dict[type[ast.AST], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: (" + ", np.add), ast.Sub: (" - ", np.subtract), ast.Mult: (" · ", np.multiply),
    ast.Div: (" / ", np.true_divide), ast.Pow: ("**", np.power), ast.MatMult: (" · ", np.matmul),
    ast.Gt: (" > ", np.greater), ast.Lt: (" < ", np.less), ast.GtE: (" ≥ ", np.greater_equal),
    ast.LtE: (" ≤ ", np.less_equal)}
MOST = 6        # numbers of a row, or terms of a sum, that are written out


def worked_formula(formula: str, arrays: Mapping[str, Any]) -> str | None:
    """Return a formula for the first element of what it defines, numbers in place of names; None if it is not so plain.

    Only what really gives the value is returned: the formula is computed with the arrays, and compared.

    Example:
        >>> from chainrule.experiments.tracing.worked_formula import worked_formula
        >>> worked_formula("y = x @ weight.T + bias", {
        ...     "x": np.array([[1.0, 2.0]]), "weight": np.array([[3.0, -1.0]]), "bias": np.array([0.5]),
        ...     "y": np.array([[1.5]])})
        'y[0, 0] = [1 2] · [3 -1] + 0.5 = 1.5'
    """
    name, equals, rest = formula.partition("=")
    name = name.strip()
    if not equals or name not in arrays:
        return None
    result = np.asarray(arrays[name])
    for text in dict.fromkeys((rest, *(re.split(mark, rest)[0] for mark in (r"\s{2,}", ";", ", ", r" \(")))):
        try:
            tree = ast.parse(text.strip(), mode="eval").body
            with np.errstate(all="ignore"):
                value = np.asarray(_value(tree, arrays))
        except (SyntaxError, KeyError, TypeError, ValueError):
            continue
        leading = value.ndim - result.ndim
        summed = leading > 0 and "summed over the leading axes" in formula
        total = value.sum(axis=tuple(range(leading))) if summed else value
        if total.shape != result.shape or not np.allclose(total, result, rtol=1e-4, atol=1e-6):
            continue
        place = (0,) * result.ndim
        terms = [(*lead, *place) for lead in np.ndindex(*value.shape[:leading])] if summed else [place]
        if len(terms) > MOST:
            return None
        try:
            said = " + ".join(_written(tree, arrays, at, value.shape) for at in terms)
        except TypeError:       # stacks of matrices are not plain
            return None
        where = f"[{', '.join(map(str, place))}]" if place else ""
        return f"{name}{where} = {said} = {_number(result[place])}"
    return None


def _value(node: ast.AST, arrays: Mapping[str, Any]) -> Any:
    """Compute an expression; whatever is more than arithmetic raises KeyError or TypeError."""
    if isinstance(node, ast.Name):
        return np.asarray(arrays[node.id])
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return np.swapaxes(_value(node.value, arrays), -1, -2)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, arrays)
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)][1](_value(node.left, arrays), _value(node.right, arrays))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return OPERATORS[type(node.ops[0])][1](_value(node.left, arrays), _value(node.comparators[0], arrays))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return FUNCTIONS[node.func.id](*(_value(argument, arrays) for argument in node.args))
    raise TypeError(type(node).__name__)


def _written(node: ast.AST, arrays: Mapping[str, Any], at: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """Write an expression down for one element, ``at`` in an array of ``shape``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        left, right = np.asarray(_value(node.left, arrays)), np.asarray(_value(node.right, arrays))
        if left.ndim > 2 or right.ndim != 2:
            raise TypeError("a stack of matrices")
        row = left[at[-2]] if left.ndim > 1 else left
        return f"{_row(row)} · {_row(right[..., at[-1]])}"
    if isinstance(node, ast.BinOp):
        parts = [_written(side, arrays, at, shape) for side in (node.left, node.right)]
        inner = [isinstance(side, ast.Compare) or (isinstance(side, ast.BinOp) and not isinstance(side.op, ast.MatMult)
                 and not (isinstance(node.op, (ast.Add, ast.Sub)) or isinstance(side.op, ast.Pow)))
                 for side in (node.left, node.right)]
        parts = [f"({part})" if bracketed else part for part, bracketed in zip(parts, inner, strict=True)]
        return OPERATORS[type(node.op)][0].join(parts)
    if isinstance(node, ast.Compare):
        return OPERATORS[type(node.ops[0])][0].join(_written(side, arrays, at, shape)
                                                   for side in (node.left, node.comparators[0]))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return f"{node.func.id}({', '.join(_written(argument, arrays, at, shape) for argument in node.args)})"
    if isinstance(node, ast.UnaryOp):
        return f"-{_written(node.operand, arrays, at, shape)}"
    value = np.asarray(_value(node, arrays))
    return _number(np.broadcast_to(value, shape)[at])


def _row(values: Array) -> str:
    shown = [_number(value).strip("()") for value in values[:MOST]]
    return f"[{' '.join(shown)}{' …' * (len(values) > MOST)}]"


def _number(value: Any) -> str:
    number = f"{float(value):.4g}"
    return f"({number})" if number.startswith("-") else number
