"""A submission laid over the handout."""

import pytest

from chainrule.course.handout import laid_over
from chainrule.course.handout.stripping import strip

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


@pytest.fixture(scope="module")
def stripped(circles):
    return strip(circles)


def test_files_that_parts_are_in_are_taken_and_no_others(stripped, built):
    laid = laid_over(stripped, {"circles.py": MINE, "chainrule/layers/core/layer.py": "bad", "other.py": "bad"})
    assert laid["circles.py"] == MINE and "other.py" not in laid
    assert laid["chainrule/layers/core/layer.py"].encode() == built.handout["chainrule/layers/core/layer.py"]
    assert set(laid) == {path for path in built.handout if path.endswith(".py")} - {"test_visible.py"}


def test_right_parts_take_the_place_of_wrong_ones(stripped):
    text = laid_over(stripped, {"circles.py": MINE}, ("circles.Disc.forward",))["circles.py"]
    assert "grown = self._right__grow(x, self.factor)" in text and "'mine'" in text
    assert laid_over(stripped, {}, ("circles.area",))["circles.py"].count("NotImplementedError") == 3
    with pytest.raises(SyntaxError):
        laid_over(stripped, {"circles.py": "class"}, ("circles.Disc.forward",))


@pytest.mark.long
def test_a_right_part_brings_what_it_needs_and_nothing_of_others(yaml):
    stripped = strip(yaml("title: x\nparts:\n  layers.GroupNorm.forward: {points: 1, examples: "
                          "[{make: 'GroupNorm(2, 4)', x: [[2, 4, 3]]}]}\n  layers.GroupNorm.backward: {points: 1}\n"))
    file = "chainrule/layers/norms/row_norm.py"
    plain, laid = laid_over(stripped, {}), laid_over(stripped, {}, ("layers.GroupNorm.forward",))
    assert {path for path in laid if laid[path] != plain.get(path)} == {file}
    assert "def _right_standardize" in laid[file] and "project" not in laid[file] and "inner_sums" not in laid[file]
    assert "NotImplementedError" in laid[file].partition("def backward")[2]
