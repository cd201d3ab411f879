"""Expressions as graphs: the same numbers that Python gives, derivatives by differences, clear errors."""

import math

import pytest

from chainrule.analysis.expression import read_expression
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.testing import numeric_gradient

KNOWN = {"cos": math.cos, "exp": math.exp, "log": math.log, "max": max, "sin": math.sin, "tanh": math.tanh,
         "sigmoid": lambda x: 1 / (1 + math.exp(-x))}


@pytest.mark.parametrize("text", ["(x + y) * z", "x - 2 * y / z", "-x * x + f", "sin(x) ** 2 + log(y)",
                                  "max(x, y) * tanh(z) + exp(-1 * x)", "sigmoid(x * y + z)", "2 + 3 * x"])
def test_value_and_gradient(text):
    expression = read_expression(text)
    names = [name for name in expression.graph.inputs if name not in expression.constants]
    point = [0.7 + 0.4 * place for place in range(len(names))]

    def value(numbers):
        return eval(text, {"__builtins__": {}}, KNOWN | dict(zip(names, map(float, numbers), strict=True)))
    y = expression.graph.forward(*expression.inputs(**dict(zip(names, point, strict=True))))
    assert float(y) == pytest.approx(value(point))
    grads = expression.graph.backward(1.0)
    grads = dict(zip(expression.graph.inputs, grads if isinstance(grads, tuple) else (grads,), strict=True))
    assert [float(grads[name]) for name in names] == pytest.approx(list(numeric_gradient(value, point)), abs=1e-7)


@pytest.mark.parametrize("text", ["x +", "x", "x if y else z", "x.y + z", "__import__('os')", "x and y", "'a' * x",
                                  "x @ y", "x + True", "", "(" * 500])
def test_what_is_no_expression(text):
    with pytest.raises((ValueRangeError, UnknownNameError), match=r"expected|unknown"):
        read_expression(text)


def test_values_are_those_of_the_names():
    expression = read_expression("2 * x + y")
    assert expression.inputs(x=1.0, y=3.0) == (2.0, 1.0, 3.0)
    with pytest.raises(ValueRangeError, match="expected values of x, y, got x"):
        expression.inputs(x=1.0)
    with pytest.raises(ValueRangeError, match="got x, y, z"):
        expression.inputs(x=1.0, y=2.0, z=3.0)
