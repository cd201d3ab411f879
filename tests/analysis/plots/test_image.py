"""PNG files read back: by Pillow where it is installed, else by matplotlib."""

import base64
import io
import re

import numpy as np
import pytest

from chainrule.analysis.plots import diverging, draw_image, grey, png


@pytest.mark.parametrize("shape", [(3, 5), (4, 2, 3), (1, 7, 4)])
def test_a_reader_finds_the_pixels(shape):
    pyplot = pytest.importorskip("matplotlib.image")
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    read = np.rint(pyplot.imread(io.BytesIO(png(pixels)), format="png") * 255)
    np.testing.assert_array_equal(read, pixels)


def test_brightness_and_colours():
    assert grey(np.array([[-1.0, 0.0, 1.0]])).tolist() == [[0, 128, 255]]
    assert grey(np.full((2, 2), 3.0)).max() == 0
    below, zero, above = diverging(np.array([[-2.0, 0.0, 2.0]]))[0].astype(int)
    assert below[2] > below[0] + 100 and above[0] > above[2] + 100 and zero.min() == zero.max() > 240
    assert (diverging(np.zeros((2, 2))) == zero).all()


def test_the_image_holds_its_file():
    written = draw_image(np.eye(3, dtype=np.uint8) * 255, "a diagonal", class_="small")
    content = base64.b64decode(re.search(r'base64,([^"]*)"', written)[1])
    assert content == png(np.eye(3, dtype=np.uint8) * 255)
    assert 'alt="a diagonal"' in written and 'class="small"' in written
