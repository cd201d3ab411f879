"""Drawings are XML with a box for each layer, and boxes stay inside."""

from xml.etree import ElementTree

from chainrule.analysis import draw_network
from chainrule.layers import Embedding, Linear, ReLU
from chainrule.models import Residual, Sequential

SVG = "{http://www.w3.org/2000/svg}"


def test_every_layer_is_written_and_inside():
    drawing = ElementTree.fromstring(draw_network(Sequential(
        Linear(64, 64), Residual(Sequential(Linear(64, 64), ReLU(), Linear(64, 64))), Linear(64, 7)), (64,)))
    words = [each.text for each in drawing.iter(f"{SVG}text")]
    for expected in ("x  64", "Linear(64, 64)", "ReLU()", "+", "Linear(64, 7)", "7", "y  7",
                     "1.branch.0  ·  4,160 parameters"):
        assert expected in words
    left, top, right, bottom = map(float, drawing.get("viewBox").split())
    boxes = [[float(box.get(name)) for name in ("x", "y", "width", "height")] for box in drawing.iter(f"{SVG}rect")]
    assert len(boxes) == 7
    assert all(x >= left and y >= top and x + width <= right and y + height <= bottom for x, y, width, height in boxes)
    tips = [each for each in drawing.iter(f"{SVG}path") if each.get("class") == "tip"]
    assert len(tips) == 7


def test_a_network_for_tokens_and_one_layer_alone():
    ElementTree.fromstring(draw_network(Sequential(Embedding(9, 4), Linear(4, 2)), (5,)))
    assert "Linear(3, 2)" in draw_network(Linear(3, 2), (3,))
