"""What a part is asked and what code answers."""

import numpy as np
import pytest

from chainrule.course.asking import answer, handed_over, question
from chainrule.course.assignment import Example, Part
from chainrule.course.names import library_names

NAMES = library_names() | {"_errors": {}}


def asked_and_answered(example, compares="all", target="layers.X", seed=5):
    part = Part(1, target=target, compares=compares)
    asked = question(part, example, seed, NAMES)
    return asked, answer(part, example, handed_over(example, asked), NAMES)


def test_a_layer_and_a_loss():
    asked, answers = asked_and_answered(Example(make="Linear(4, 3)", x=([5, 4],)))
    assert asked["x/0"].shape == (5, 4) and "weight.grad" in " ".join(answers)
    asked, answers = asked_and_answered(Example(make="CrossEntropyLoss()", x=([6, 4], "rng.integers(4, size=6)")))
    assert asked["held"].dtype == np.int64 and answers["once/grad_prediction"].shape == (6, 4)
    asked = question(Part(1), Example(make="LSTM(2, 3)", x=([5, 2, 2], [[1, 2, 3], [1, 2, 3]])), 5, NAMES)
    assert asked["x/1/0"].shape == (1, 2, 3)        # inputs nest as in a call


def test_outputs_are_asked_without_backward():
    class Half(NAMES["Linear"]):
        def backward(self, grad_out):
            raise NotImplementedError
    names = NAMES | {"Linear": Half}
    example = Example(make="Linear(4, 3)", x=([5, 4],))
    part = Part(1, target="layers.Linear.forward", compares="outputs")
    asked = question(part, example, 1, NAMES)
    right, half = answer(part, example, asked, NAMES), answer(part, example, asked, names)
    assert right.keys() == half.keys() and "once/y" in half
    assert "once/error" in answer(Part(1, target="layers.X", compares="all"), example, asked, names)


def test_ways_can_be_left_out():
    part = Part(1, target="layers.X", compares="all", leave_out=("frozen", "single"))
    example = Example(make="Linear(4, 3)", x=([5, 4],))
    ways = {key.partition("/")[0] for key in answer(part, example, question(part, example, 1, NAMES), NAMES)}
    assert "once" in ways and not ways & {"frozen", "single"}


def test_an_optimiser():
    _, answers = asked_and_answered(Example(make="SGD(params, lr=0.1)"))
    assert answers["once/move of weight"].shape == (3, 4)


def test_a_call_and_what_stays_with_the_grader():
    names = NAMES | {"f": lambda x, n: {"sum": x.sum() + n, "pair": (1, 2)[0]}}
    example = Example(call="f(x, n)", arguments={"x": [3], "n": "rng.integers(10)", "labels": "x > 0"})
    part = Part(1, target="a.f")
    asked = question(part, example, 1, names)
    assert "arguments/labels" in asked and "arguments/labels" not in handed_over(example, asked)
    answers = answer(part, example, handed_over(example, asked), names)
    assert answers["once/sum"] == asked["arguments/x"].sum() + asked["arguments/n"]
    assert answers["once/pair"] == 1.0


def test_arguments_that_a_call_changes_come_back():
    def change(x):
        x += 1
        return x.sum(), None
    part, example = Part(1, target="a.f"), Example(call="f(x)", arguments={"x": [3]})
    asked = question(part, example, 1, NAMES)
    before = asked["arguments/x"].copy()
    answers = answer(part, example, asked, NAMES | {"f": change})
    assert (answers["once/x after the call"] == before + 1).all() and (asked["arguments/x"] == before).all()


@pytest.mark.parametrize(("example", "words"), [
    (Example(make="Liner(4, 3)", x=([2],)), "NameError"), (Example(call="1 / 0"), "ZeroDivisionError"),
])
def test_errors_are_answers(example, words):
    answers = answer(Part(1, target="a.f"), example, {"seed": np.array(1)}, NAMES)
    assert words in str(answers["once/error"])


def test_a_file_that_can_not_be_imported_is_an_answer():
    names = NAMES | {"_errors": {"a": "SyntaxError: a (in a.py)"}}
    assert "SyntaxError" in str(answer(Part(1, target="a.f"), Example(call="f()"), {}, names)["once/error"])
