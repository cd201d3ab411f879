"""Errors tell the line that they come from."""

from chainrule.layers import Linear
from chainrule.models import Sequential
from chainrule.testing import diagnose


class Broken(Linear):
    def backward(self, grad_out):
        x = self.saved()
        return grad_out @ x        # shapes that do not fit


def test_the_line_is_that_of_the_layer_and_not_of_what_it_calls():
    text = str(diagnose(Broken(4, 3), (5, 4)))
    assert "(in test_raised.py, line 11: return grad_out @ x        # shapes that do not fit)" in text


def test_it_is_found_inside_of_containers():
    text = str(diagnose(Sequential(Broken(4, 3)), (5, 4), reference=Sequential(Linear(4, 3))))
    assert "(in test_raised.py, line 11:" in text


class Around(Linear):
    def forward(self, x):
        return super().forward(x[:, :2])


def test_a_line_that_calls_the_package_comes_before_that_of_the_package():
    text = str(diagnose(Around(4, 3), (5, 4)))
    assert "(in test_raised.py, line 26: return super().forward(x[:, :2]); in chainrule/layers/linear.py, line" in text
