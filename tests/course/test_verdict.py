"""Verdicts speak of what was asked."""

import numpy as np
import pytest

from chainrule.course.asking import answer, question
from chainrule.course.assignment import Assignment, Example, Part
from chainrule.course.names import library_names
from chainrule.course.verdict import verdict
from chainrule.layers import Linear, LSTMCell, RNNCell
from chainrule.optim import SGD

NAMES = library_names() | {"_errors": {}}


def told(example, target, right, wrong, compares="all"):
    """Return what is told of one name's meaning in the place of another's."""
    part = Part(1, target=target, compares=compares)
    asked = question(part, example, 3, NAMES | right)
    layer = eval(example.make, NAMES | right) if "(" in example.make and "params" not in example.make else None
    return str(verdict(Assignment("Words", {"the part": part}), "the part", example, asked,
                       *(answer(part, example, asked, NAMES | names, probe=False) for names in (right, wrong)),
                       layer=layer))


def test_a_function_is_called_and_nothing_goes_forward_or_back():
    example = Example(call="area(r)", arguments={"r": [3]})
    text = told(example, "circles.area", {"area": lambda r: r * r}, {"area": lambda r: 2 * r * r})
    assert "result for area(r), first at index [0]" in text and "read: the docstring of area in circles.py" in text
    text = told(example, "circles.area", {"area": lambda r: r * r}, {"area": lambda r: r @ r[:2]})
    assert "ValueError was raised for area(r)" in text and "forward" not in text


def test_numbers_in_a_list_are_an_array():
    example = Example(call="area(r)", arguments={"r": [3]})
    right = {"area": lambda r: r * r}
    assert "is wrong" not in told(example, "circles.area", right, {"area": lambda r: [float(x * x) for x in r]})
    assert "is wrong" in told(example, "circles.area", right, {"area": lambda r: [float(x) for x in r]})


def test_an_optimiser_takes_steps():
    class Uphill(SGD):
        def update(self, w, grad, state, step, group):
            w += group["lr"] * grad

    class Missing(SGD):
        def update(self, w, grad, state, step, group):
            raise NotImplementedError("SGD.update")
    example = Example(make="SGD(params, lr=0.1)")
    text = told(example, "optim.SGD.update", {}, {"SGD": Uphill})
    assert "move of weight in the first step" in text and "read: the docstring of SGD in chainrule/optim/sgd.py" in text
    text = told(example, "optim.SGD.update", {}, {"SGD": Missing})
    assert "NotImplementedError was raised within five steps" in text
    assert "(in test_verdict.py, line" in text and ': raise NotImplementedError("SGD.update"))' in text


@pytest.mark.parametrize(("kind", "x", "name"), [
    (RNNCell, ([5, 3], [5, 4]), "grad_hx"), (LSTMCell, ([5, 3], [[5, 4], [5, 4]]), "grad_hx[0]")])
def test_gradients_have_the_names_of_inputs(kind, x, name):
    class Cell(kind):
        def backward(self, grad_out):
            grad_x, grad_h, *rest = super().backward(grad_out)
            return grad_x, 2 * grad_h, *rest
    assert f"{name} after one forward and one backward" in told(
        Example(make="Cell(3, 4)", x=x), f"own.{kind.__name__}.backward", {"Cell": kind}, {"Cell": Cell})


def test_a_part_that_goes_back_is_not_blamed_for_the_way_there():
    class Shifted(Linear):
        def forward(self, x):
            return super().forward(x) + 1
    example = Example(make="Linear(4, 3)", x=([5, 4],))
    assert "is wrong" not in told(example, "layers.Linear.backward", {}, {"Linear": Shifted}, "gradients")
    assert "y after one forward and" in told(example, "layers.Linear", {}, {"Linear": Shifted})
    assert "y after one forward, first" in told(example, "layers.Linear.forward", {}, {"Linear": Shifted}, "outputs")


def test_another_shape_comes_before_zeros():
    class Flat(Linear):
        def backward(self, grad_out):
            super().backward(grad_out)
            return np.zeros(3)
    text = told(Example(make="Linear(4, 3)", x=([5, 4],)), "layers.Linear.backward", {}, {"Linear": Flat})
    assert "grad_x has shape (3,), and should have (5, 4)" in text and "zero" not in text
