"""Pictures of explanations: images, colours, bars, and what can not be drawn."""

import numpy as np
import pytest

from chainrule.analysis.saliency import draw_explanations
from chainrule.layers.core import ShapeError, ValueRangeError

pytest.importorskip("matplotlib")


@pytest.mark.parametrize("shape", [(2, 1, 6, 5), (1, 3, 4, 4), (2, 7)])
def test_all_kinds_are_drawn_with_their_names(tmp_path, shape):
    x = np.random.default_rng(0).normal(size=shape)
    names = [f"row {index}" for index in range(len(x))]
    text = draw_explanations(x, {"smooth_grad": -x, "nothing": 0 * x}, tmp_path / "masks.svg",
                             names).read_text(encoding="utf-8")
    for words in ("input", "smooth", "grad", "nothing", *names):
        assert f">{words}<" in text


def test_what_can_not_be_drawn(tmp_path):
    x = np.ones((2, 7))
    with pytest.raises(ValueRangeError, match=r"ends in \.png"):
        draw_explanations(x, {}, tmp_path / "masks.jpg")
    with pytest.raises(ShapeError, match=r"masks of their shape, got \(2, 7\), \(2, 6\)"):
        draw_explanations(x, {"cut": x[:, :6]}, tmp_path / "masks.png")
    assert not list(tmp_path.iterdir())
