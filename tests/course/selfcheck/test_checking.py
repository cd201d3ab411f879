"""What must hold before an assignment is handed out."""

from dataclasses import replace

import pytest

from chainrule.course.asking import layer_question, question
from chainrule.course.handout import build
from chainrule.course.names import names_of
from chainrule.course.selfcheck import self_check
from chainrule.testing.diagnosis import ask, judge, with_differences

pytestmark = pytest.mark.long
LINEAR = """title: x
parts:
  layers.Linear.forward: {points: 1, examples: [{make: "Linear(4, 3)", x: [[5, 4]]}]}
"""


def test_all_is_well(built):
    assert self_check(built).problems == ()


def test_a_planted_leak_is_refused(yaml, tmp_path, circles):
    text = "title: x\nfiles: [hint.txt]\nparts:\n  circles.area: {points: 1, examples: [{call: area(radii), " \
           "arguments: {radii: [3]}}]}\n"
    (tmp_path / "hint.txt").write_text("Try surface  =  math.pi*square(radii) + 0.0, perhaps.")
    (problem,) = self_check(build(yaml(text, circles=(circles.folder / "circles.py").read_text()))).problems
    assert "hint.txt has the line 'surface = math.pi * square(radii) + 0.0' of a solution" in problem


def test_a_solution_left_in_the_handout_is_refused(built):
    files = built.handout | {"circles.py": built.solution["circles.py"]}
    problems = "\n".join(self_check(replace(built, handout=files)).problems)
    assert "circles.area: the handout scores in the visible tests" in problems


def test_a_handout_that_crashes_is_refused(built):
    files = built.handout | {"chainrule/course/check.py": b"import nothing_of_that_name"}
    (problem,) = self_check(replace(built, handout=files)).problems
    assert "the check of the handout itself ends with" in problem and "nothing_of_that_name" in problem


def test_a_mistake_that_no_example_shows_is_told_with_one_that_would(yaml):
    problems = self_check(build(yaml(LINEAR.replace("Linear(4, 3)", "Linear(4, 3, bias=False)")))).problems
    assert any("no example shows the mistake 'Linear.forward: bias" in problem for problem in problems)
    assert all('add the example {make: "Linear(' in problem for problem in problems)


def test_a_reference_that_fails_is_told(yaml):
    problems = self_check(build(yaml("title: x\nparts:\n  a.f: {points: 1, examples: [{call: f()}]}\n",
                                     a="def f():\n    value = 1\n    return value / 0\n"))).problems
    assert any("a.f: the right version itself fails: ZeroDivisionError" in problem and "line 3: return value / 0"
               in problem for problem in problems)


def test_a_solution_that_needs_more_than_students_have_is_told(yaml):
    own = ("import numpy as np\nfrom chainrule.layers import GELU\n\ndef f(x):\n    # BEGIN SOLUTION\n"
           "    return GELU().forward(x)\n    # END SOLUTION\n")
    problems = self_check(build(yaml("title: x\nparts:\n  a.f: {points: 1, examples: [{call: f(x), arguments: "
                                     "{x: [3]}}]}\n", a=own))).problems
    assert any("a.f: handed in, the solution earns 0 of 1 points" in problem and "GELU" in problem
               for problem in problems)


def test_a_mistake_under_a_name_of_nothing_is_told(yaml):
    text = ("title: x\nmistakes: wrong.py\nparts:\n  a.area: {points: 1, examples: [{call: area(r), "
            "arguments: {r: [3]}}]}\n")
    own = "def area(r):\n    return 3 * r * r\ndef length(r):\n    return 6 * r\n"
    wrong = ("def aera_of_the_side(r):\n    return r\ndef area_doubled(r):\n    return 6 * r * r\n"
             "def length_of_a_part_that_was_left_out(r):\n    return r\ndef _own(r):\n    return r\n")
    checked = self_check(build(yaml(text, a=own, wrong=wrong)))
    (problem,) = checked.problems
    assert "wrong.py: aera_of_the_side begins with the name of no function or method here" in problem
    assert "did you mean 'area_of_the_side'?; known: area_, length_" in problem
    assert str(checked.tried) == "1 known mistakes tried, 1 caught"


VARIANTS = """title: All variants
parts:
  by_columns.Linear.forward: {points: 1, examples: [{make: "by_columns.Linear(4, 3)", x: [[4, 5]]},
                                                    {make: "by_columns.Linear(4, 4)", x: [[4, 4]]}]}
  by_columns.Linear.backward: {points: 1}
  in_by_out.Linear.forward: {points: 1, examples: [{make: "in_by_out.Linear(4, 3)", x: [[5, 4]]}]}
  in_by_out.Linear.backward: {points: 1}
  channels_last.BatchNorm.forward: {points: 1, examples: [{make: BatchNorm(3), x: [[4, 5, 3]]}]}
  channels_last.BatchNorm.backward: {points: 1}
  keep.Dropout.forward: {points: 1, examples: [{make: keep.Dropout(0.7), x: [[6, 5]]}]}
  keep.Dropout.backward: {points: 1}
  linear_relu.LinearReLU.forward: {points: 1, examples: [{make: "LinearReLU(4, 3)", x: [[5, 4]]}]}
  linear_relu.LinearReLU.backward: {points: 1}
  softmax_nll.SoftmaxLoss.forward: {points: 1, examples: [{make: SoftmaxLoss(),
                                                           x: [[6, 4], "rng.integers(4, size=6)"]}]}
  softmax_nll.SoftmaxLoss.backward: {points: 1}
"""


def test_all_variants_that_come_with_the_library(yaml):
    """They are what the library has, in other words: checked by differences too, and every mistake of theirs shows."""
    assignment = yaml(VARIANTS)
    assert self_check(build(assignment)).problems == ()
    names = names_of(assignment, assignment.folder)
    for part in assignment.parts.values():
        if part.compares == "gradients" and "Dropout" not in part.target:
            example = part.examples[0]
            asked = question(part, example, 4, names)
            layer = eval(example.make, dict(names))
            answers = [ask(each, layer_question(asked)) for each in (with_differences(layer), layer)]
            once = [{key: value for key, value in each.items() if key.startswith("once/")} for each in answers]
            assert judge("layer", *once, tolerance=1e-5).passed, part.target


def test_a_library_class_beside_an_own_one_of_its_name_is_refused(yaml):
    text = ("title: x\ngiven: [layers.Tanh]\nparts:\n"
            "  own.Tanh.forward: {points: 1, examples: [{make: Tanh(), x: [[3]]}]}\n")
    own = ("from chainrule.layers.core import Layer\nclass Tanh(Layer):\n    def forward(self, x):\n"
           "        self.cache = x\n        return 2 * x\n")
    problems = self_check(build(yaml(text, own=own))).problems
    assert any("sigmoidal.py has the library's own Tanh" in problem for problem in problems)
