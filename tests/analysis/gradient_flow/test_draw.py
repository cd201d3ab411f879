"""Pictures of gradient flow: every curve and panel by its name, nothing left behind by a wrong ending."""

import numpy as np
import pytest

from chainrule.analysis.gradient_flow import deep_network, draw_flow, gradient_flow
from chainrule.layers.core import ValueRangeError


def flow(depth):
    return gradient_flow(deep_network(depth, 3, rng=np.random.default_rng(0)), np.ones((2, 3)))


def test_curves_and_panels_have_their_names(tmp_path):
    pytest.importorskip("matplotlib")
    flows = {"first & last": flow(2), "left": {"one": flow(2), "two": flow(3)}}
    text, again = (draw_flow(flows, tmp_path / f"{name}.svg", columns=1).read_text(encoding="utf-8") for name in "ab")
    for words in ("first &amp; last", "left", "one", "two", "from the input to the output"):
        assert words in text
    assert text == again


def test_another_ending_is_refused(tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueRangeError, match=r"\.svg, \.png or \.pdf, got 'flow\.bmp'"):
        draw_flow({"one": flow(1)}, tmp_path / "flow.bmp")
    assert not list(tmp_path.iterdir())
