"""The drawing of eliminations."""

import pytest

from chainrule.backprop.jacobian import draw_elimination
from chainrule.layers.core import ValueRangeError


def test_every_step_is_drawn_with_what_it_cost(slide, tmp_path):
    text = draw_elimination(slide, [2, 1, 3], tmp_path / "slide.svg").read_text()
    assert [f">{cost} so far<" in text for cost in (0, 1, 3, 7)] == [True] * 4
    again = draw_elimination(slide, [2, 1, 3], tmp_path / "again.svg").read_text()
    assert again == text
    assert slide.multiplications == 0


def test_other_files_are_refused(slide, tmp_path):
    with pytest.raises(ValueRangeError, match=r"ends in .svg, .png or .pdf, got 'slide.txt'"):
        draw_elimination(slide, [2], tmp_path / "slide.txt")
