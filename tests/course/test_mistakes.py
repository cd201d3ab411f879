"""Mistakes of the dictionary for the library's classes, and for a teacher's of the same name and numbers."""

from shutil import copytree

import pytest

from chainrule.course import load_assignment
from chainrule.course.asking import question
from chainrule.course.mistakes import known_mistakes, mistakes_of
from chainrule.course.names import names_of
from chainrule.layers.core import UnknownNameError

TEXT = "title: x\nparts:\n  {target}: {{points: 1, examples: [{{make: '{make}'{x}}}]}}\n"
OWN = """
import numpy as np
from chainrule.layers.core import Layer
class Tanh(Layer):
    def forward(self, x):
        self.cache = y = np.tanh(x){more}
        return y
    def backward(self, grad_out):
        return grad_out * (1 - self.saved()**2)
"""


def names_for(assignment, number=0):
    (part,) = assignment.parts.values()
    names = names_of(assignment, assignment.folder)
    asked = question(part, part.examples[0], 1, names)
    return ({each.name for each in known_mistakes(assignment, part, part.examples[0], asked, names)},
            {each.name for each in mistakes_of(assignment, part, part.examples[0], asked, names)})


def test_of_the_library(yaml):
    known, possible = names_for(yaml(TEXT.format(target="layers.Linear.backward", make="Linear(4, 3, bias=False)",
                                                 x=", x: [[5, 4]]")))
    assert "Linear.backward: weight gradient averaged" in known
    assert "Linear.backward: bias gradient averaged" in possible - known        # there is no bias to show it


def test_of_a_layer_that_draws_random_numbers(yaml):
    known, _ = names_for(yaml(TEXT.format(target="layers.Dropout", make="Dropout(0.3)", x=", x: [[15, 14]]")))
    assert any(name.startswith("Dropout.forward") for name in known)


def test_of_an_optimiser(yaml):
    known, _ = names_for(yaml(TEXT.format(target="optim.SGD.step", make="SGD(params, lr=0.1)", x="")))
    assert "SGD.step: step uphill" in known


def test_of_an_own_class_like_the_librarys(yaml):
    text = TEXT.format(target="own.Tanh.backward", make="Tanh()", x=", x: [[3, 2]]")
    known, _ = names_for(yaml(text, own=OWN.format(more="")))
    assert "Tanh.slope: square forgotten" in known
    assert names_for(yaml(text, own=OWN.format(more=" * 2"))) == (set(), set())       # another function of that name


def of_area(circles):
    names = names_of(circles, circles.folder)
    part = circles.parts["circles.area"]
    return known_mistakes(circles, part, part.examples[0], question(part, part.examples[0], 1, names), names)


def test_of_the_teacher(circles):
    (mistake,) = of_area(circles)
    assert mistake[:3] == ("area: of the diameter", "factor", "The diameter stands where the radius belongs.")


def test_a_family_that_is_none_is_refused(circles, tmp_path):
    copytree(circles.folder, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "mistakes.py"
    file.write_text(file.read_text("utf-8").replace('"""factor: ', '"""factr: '), "utf-8")
    with pytest.raises(UnknownNameError, match=r"'factr' – did you mean 'factor'\?; known: accumulate, argument, "):
        of_area(load_assignment(tmp_path / "circles.yaml"))
