"""A submission laid over the handout."""

import pytest

from chainrule.course.handout import laid_over

MINE = '''"""Mine."""
from chainrule.layers.core import Layer
class Disc(Layer):
    def __init__(self, factor):
        self.factor = factor
    def forward(self, x):
        return 0
    def backward(self, grad_out):
        return "mine"
'''


def test_files_that_parts_are_in_are_taken_and_no_others(circles, built):
    laid = laid_over(circles, {"circles.py": MINE, "chainrule/layers/core/layer.py": "bad", "other.py": "bad"})
    assert laid["circles.py"] == MINE and "other.py" not in laid
    assert laid["chainrule/layers/core/layer.py"].encode() == built.handout["chainrule/layers/core/layer.py"]
    assert set(laid) == {path for path in built.handout if path.endswith(".py")} - {"test_visible.py"}


def test_right_parts_take_the_place_of_wrong_ones(circles):
    text = laid_over(circles, {"circles.py": MINE}, ("circles.Disc.forward",))["circles.py"]
    assert "grown = self._right__grow(x, self.factor)" in text and "'mine'" in text
    with pytest.raises(SyntaxError):
        laid_over(circles, {"circles.py": "class"}, ("circles.Disc.forward",))


@pytest.mark.long
def test_what_a_right_part_needs_comes_along_and_nothing_of_others(yaml):
    assignment = yaml("title: x\nparts:\n  layers.GroupNorm.forward: {points: 1, examples: [{make: 'GroupNorm(2, 4)', "
                      "x: [[2, 4, 3]]}]}\n  layers.GroupNorm.backward: {points: 1}\n")
    file = "chainrule/layers/norms/row_norm.py"
    plain = laid_over(assignment, {})
    laid = laid_over(assignment, {file: plain[file]}, ("layers.GroupNorm.forward",))
    kernels = laid["chainrule/layers/kernels/normalization.py"]
    assert "def standardize" in kernels and "def project" not in kernels and "def inner_sums" not in kernels
    assert "chainrule/layers/kernels/normalization.py" not in plain
    assert 'NotImplementedError' in laid[file].partition("def backward")[2]
