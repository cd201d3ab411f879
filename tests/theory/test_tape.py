"""The tape of examples/tape.py: fifteen lines, equal to the layers' own chain rule."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.layers import Add, Linear, Maximum, Multiply, ReLU, Sin, Tanh
from chainrule.models import Graph, Sequential

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "tape.py"


@pytest.fixture
def tape():
    return runpy.run_path(str(EXAMPLE))


def test_the_engine_has_at_most_fifteen_lines():
    text = EXAMPLE.read_text(encoding="utf-8")
    engine = text[text.index("# the whole of it"):text.index("# that was it")].splitlines()[1:]
    assert len([line for line in engine if line.strip()]) <= 15


def test_circuits_of_the_slides(tape):
    value, run, backward = tape["Value"], tape["run"], tape["backward"]
    x, y, z = value(-2.0), value(5.0), value(-4.0)
    backward(run(Multiply(), run(Add(), x, y), z))
    assert [float(each.grad) for each in (x, y, z)] == [-4.0, -4.0, 3.0]
    x, y = value(0.7), value(1.3)
    backward(run(Add(), run(Multiply(), x, y), run(Sin(), x)))
    graph = Graph(["x", "y"], {"a": (Multiply(), "x", "y"), "b": (Sin(), "x"), "s": (Add(), "a", "b")}, ["s"])
    graph.forward(0.7, 1.3)
    np.testing.assert_allclose([x.grad, y.grad], graph.backward(1.0), rtol=1e-12)


def test_a_network_of_three_layers(tape):
    value, run, backward = tape["Value"], tape["run"], tape["backward"]
    model = Sequential(Linear(3, 5), Tanh(), Linear(5, 4), ReLU(), Linear(4, 2)).astype(np.float64)
    x = value(np.random.default_rng(0).normal(size=(7, 3)))
    h = x
    for layer in model:
        h = run(layer, h)
    backward(h)
    found = [parameter.grad.copy() for parameter in model.parameters()]
    model.zero_grad()
    np.testing.assert_allclose(h.data, model.forward(x.data), rtol=1e-12)
    np.testing.assert_allclose(x.grad, model.backward(np.ones((7, 2))), rtol=1e-12)
    for one, parameter in zip(found, model.parameters(), strict=True):
        np.testing.assert_allclose(one, parameter.grad, rtol=1e-12)


def test_a_loop_as_long_as_the_data_say_and_a_branch_that_is_dead(tape):
    value, run, backward = tape["Value"], tape["run"], tape["backward"]
    x = value(1.5)
    z, steps = x, 0
    while z.data < 100:
        z, steps = run(Multiply(), z, x), steps + 1
    run(Sin(), x)                                       # nobody reads it
    backward(z)
    np.testing.assert_allclose(x.grad, (steps + 1) * 1.5**steps, rtol=1e-12)
    again = value(2.0)
    backward(run(Maximum(), again, value(1.0)))         # a new tape
    assert float(again.grad) == 1.0


def test_broadcasting(tape):
    value, run, backward = tape["Value"], tape["run"], tape["backward"]
    row, column = value(np.arange(3.0)), value(np.arange(4.0)[:, None])
    backward(run(Multiply(), row, column))
    np.testing.assert_array_equal(row.grad, np.full(3, 6.0))
    np.testing.assert_array_equal(column.grad, np.full((4, 1), 3.0))
