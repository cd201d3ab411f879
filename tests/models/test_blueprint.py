"""What a blueprint says of a network is what the network, once built, says of itself and does."""

import numpy as np
import pytest

from chainrule.layers import Conv2d, ReLU
from chainrule.layers.core import ShapeError, UnknownNameError
from chainrule.models import Blueprint
from chainrule.models.zoo import published


@pytest.mark.parametrize(("name", "size"), [("VGG-19", 64), ("U-Net", 188), ("GoogLeNet", 160), ("ResNet-50", 64),
                                            ("DenseNet-161", 64), ("PSPNet", 65)])
def test_a_built_network_has_the_shapes_and_work_that_were_drawn(name, size):
    drawing = published(name, 2, size, 1 / 32)
    model = drawing.build()
    described = model.describe(drawing.x_shape)
    assert described.multiply_adds == sum(blank.multiply_adds for key, blank in drawing.nodes.items()
                                          if key in model.nodes)
    assert described.y_shapes == tuple(drawing.shape(key) for key in model.outputs)
    y = model.forward(np.zeros(drawing.x_shape, np.float32))
    assert tuple(each.shape for each in (y if isinstance(y, tuple) else (y,))) == described.y_shapes


def test_wrong_drawings_are_refused_where_they_are_drawn():
    drawing = Blueprint(2, 3, 4, 4)
    with pytest.raises(UnknownNameError, match="ReLU1"):
        drawing.add(ReLU, "ReLU1")
    with pytest.raises(ShapeError, match="expected x of shape"):
        drawing.add(Conv2d, "x", 3, 8, 7)
