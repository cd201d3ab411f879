"""The drawings are the networks of the authors' files, as far as these can be counted."""

from math import prod

import pytest

from chainrule.layers import Conv2d
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.models.zoo import published

COUNTS = {"VGG-19": (46, 45, 16, 4.00), "U-Net": (60, 63, 19, 11.78), "GoogLeNet": (134, 162, 59, 1.27),
          "ResNet-50": (176, 191, 53, 4.61), "ResNet-152": (516, 565, 155, 9.97), "PSPNet": (385, 422, 114, 7.34),
          "DenseNet-161": (568, 645, 160, 11.66)}          # nodes, edges, convolutions, GB of values


@pytest.mark.parametrize("name", COUNTS)
def test_nodes_edges_convolutions_and_bytes(name):
    blanks = published(name).nodes.values()
    found = (len(blanks), sum(source != "x" for blank in blanks for source in blank.sources),
             sum(blank.kind is Conv2d for blank in blanks), round(sum(4 * prod(b.y_shape) for b in blanks) / 1e9, 2))
    assert found == COUNTS[name]


def test_wrong_names_and_sizes_are_refused():
    with pytest.raises(UnknownNameError, match="ResNet-50"):
        published("ResNet50")
    with pytest.raises(ValueRangeError, match="batch"):
        published("VGG-19", batch=0)
