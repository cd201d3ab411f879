"""Circuits: the numbers on the wires are those of the graph, and every wire can be read."""

import numpy as np
import pytest

from chainrule.analysis.circuit import draw_circuit, run_circuit
from chainrule.analysis.expression import read_expression
from chainrule.layers import Add, Copy, Linear, Multiply, Sin
from chainrule.layers.core import ValueRangeError
from chainrule.models import Graph


def forked():
    return Graph(["x", "y"], {"a": (Multiply(), "x", "y"), "b": (Sin(), "x"), "f": (Add(), "a", "b")}, ["f"])


def test_wires_carry_values_and_gradients():
    circuit = run_circuit(forked(), 2.0, 3.0)
    wires = {(wire.source, wire.gate): (float(wire.value), float(wire.grad)) for wire in circuit.wires}
    assert wires == {("x", "a"): (2, 3), ("y", "a"): (3, 2), ("x", "b"): (2, pytest.approx(np.cos(2))),
                     ("a", "f"): (6, 1), ("b", "f"): (pytest.approx(np.sin(2)), 1),
                     ("f", ""): (pytest.approx(6 + np.sin(2)), 1)}
    assert float(circuit.grads["x"]) == pytest.approx(3 + np.cos(2))
    assert circuit.gates == {"a": "×", "b": "sin", "f": "+"}


def test_the_drawing_of_the_lecture():
    drawing = draw_circuit(Graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"]),
                           -2.0, 5.0, -4.0)
    assert drawing.splitlines() == [
        "     -2",
        "x ───────┐",
        "     -4  │       3",
        "         + ─────────┐",
        "      5  │ q    -4  │",
        "y ───────┘          │    -12",
        "     -4             × ─────── f",
        "                    │ f   1",
        "                -4  │",
        "z ──────────────────┘",
        "                 3"]


def test_a_value_used_twice_has_a_dot_with_the_sum_of_the_gradients():
    lines = draw_circuit(forked(), 2.0, 3.0).splitlines()
    (row,) = [number for number, line in enumerate(lines) if "●" in line]
    assert lines[row].startswith("x ─")
    assert lines[row + 1].split()[0] == "2.58"


@pytest.mark.parametrize("text", ["x * x", "(a + b) * (a - b)", "max(x * y, x + y) * sigmoid(x) + exp(y) / (x * x)",
                                  "1 / (1 + exp(-1 * (w * x + b)))"])
def test_no_number_is_drawn_over(text):
    expression = read_expression(text)
    names = [name for name in expression.graph.inputs if name not in expression.constants]
    given = {name: 1.25 + 0.5 * place for place, name in enumerate(names)}
    inputs = expression.inputs(**given)
    drawing, circuit = draw_circuit(expression.graph, *inputs), run_circuit(expression.graph, *inputs)
    numbers = [f"{float(number):.3g}" for wire in circuit.wires for number in (wire.value, wire.grad)]
    words = drawing.replace("│", " ").replace("┼", " ").split()
    for number in set(numbers):
        assert words.count(number) >= numbers.count(number), f"{number} in\n{drawing}"


def test_arrays_are_shown_by_shape_and_norm():
    assert "3×2: ‖2.45‖" in draw_circuit(Graph(["x"], {"y": (Linear(2, 2), "x")}, ["y"]), np.ones((3, 2), np.float32),
                                         grad_out=np.ones((3, 2), np.float32))


def test_what_can_not_be_drawn_is_an_error():
    many = {f"n{place}": (Sin(), f"n{place - 1}" if place else "x") for place in range(41)}
    with pytest.raises(ValueRangeError, match="at most 40 gates, got 41"):
        draw_circuit(Graph(["x"], many, ["n40"]), 1.0)
    with pytest.raises(ValueRangeError, match="one output each"):
        draw_circuit(Graph(["x"], {"c": (Copy(2), "x"), "f": (Add(), "c")}, ["f"]), 1.0)
