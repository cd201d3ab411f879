"""An arithmetic expression as a graph of gates: ``(x + y) * z``."""

import ast
from typing import NamedTuple

from ..layers import Add, Cos, Divide, Exp, Log, Maximum, Multiply, Power, Sigmoid, Sin, Subtract, Tanh
from ..layers.core import Layer, UnknownNameError, ValueRangeError
from ..models import Graph

__all__ = ["Expression", "read_expression"]

GATES: dict[type[ast.operator], type[Layer]] = {ast.Add: Add, ast.Sub: Subtract, ast.Mult: Multiply, ast.Div: Divide}
FUNCTIONS: dict[str, type[Layer]] = {"cos": Cos, "exp": Exp, "log": Log, "max": Maximum, "sigmoid": Sigmoid, "sin": Sin,
                                     "tanh": Tanh}


class Expression(NamedTuple):
    """A graph, and the inputs of it that are numbers in the expression."""

    graph: Graph
    constants: dict[str, float]

    def inputs(self, **given: float) -> tuple[float, ...]:
        """Return the inputs of the graph in their order, those that have a name as given.

        Raises: ValueRangeError for a value that is missing or too many.
        """
        wanted = [name for name in self.graph.inputs if name not in self.constants]
        if set(given) != set(wanted):
            raise ValueRangeError(f"expected values of {', '.join(wanted)}, got {', '.join(given) or 'none'}")
        return tuple((self.constants | given)[name] for name in self.graph.inputs)


def read_expression(text: str) -> Expression:
    """Return the graph of an expression: its inputs are the names and numbers in it, its output is ``f``.

    Known are ``+ - * /``, numbers, powers with a number, and cos, exp, log, max, sigmoid, sin, tanh. The same name
    is the same value, so its gradients add.

    Raises: ValueRangeError for what is no expression, UnknownNameError for an unknown function.

    Example:
        >>> from chainrule.analysis.expression import read_expression
        >>> expression = read_expression("(x + y) * z")
        >>> float(expression.graph.forward(*expression.inputs(x=-2.0, y=5.0, z=-4.0)))
        -12.0
    """
    return _Reader(text).expression()


class _Reader:
    """Walks the syntax tree from the leaves to the root and names the gates on its way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.inputs: list[str] = []
        self.constants: dict[str, float] = {}
        self.nodes: dict[str, tuple[Layer | str, ...]] = {}

    def expression(self) -> Expression:
        try:
            tree = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ValueRangeError(f"expected an expression such as '(x + y) * z', got {self.text!r}") from error
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - FUNCTIONS.keys()
        self.free = iter(name for name in (*"qrstuvwabcdeghijklmnop", *(f"g{number}" for number in range(1000)))
                         if name not in names)
        root = self._read(tree, "f" if "f" not in names else next(self.free))
        if root in self.inputs:
            raise ValueRangeError(f"expected an expression with a gate in it, got {self.text!r}")
        return Expression(Graph(self.inputs, self.nodes, [root]), self.constants)

    def _read(self, node: ast.expr, name: str | None = None) -> str:
        if isinstance(node, ast.Name):
            if node.id not in self.inputs:
                self.inputs.append(node.id)
            return node.id
        if isinstance(node, ast.Constant):
            value = self._number(node)
            self.constants[f"{value:g}"] = value
            if f"{value:g}" not in self.inputs:
                self.inputs.append(f"{value:g}")
            return f"{value:g}"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant):
            return self._gate(Power(self._number(node.right)), [node.left], name)
        if isinstance(node, ast.BinOp) and type(node.op) in GATES:
            return self._gate(GATES[type(node.op)](), [node.left, node.right], name)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._gate(Multiply(), [ast.Constant(-1.0), node.operand], name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            if node.func.id not in FUNCTIONS:
                raise UnknownNameError.of("function", node.func.id, list(FUNCTIONS))
            return self._gate(FUNCTIONS[node.func.id](), node.args, name)
        raise ValueRangeError(f"expected names, + - * /, powers and functions of {', '.join(FUNCTIONS)}, got "
                              f"{ast.unparse(node)!r} in {self.text!r}")

    def _number(self, node: ast.Constant) -> float:
        if not isinstance(node.value, (int, float)) or isinstance(node.value, bool):
            raise ValueRangeError(f"expected a number, got {node.value!r} in {self.text!r}")
        return float(node.value)

    def _gate(self, gate: Layer, operands: list[ast.expr], name: str | None) -> str:
        sources = [self._read(operand) for operand in operands]
        name = name or next(self.free)
        self.nodes[name] = (gate, *sources)
        return name
