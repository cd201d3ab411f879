"""Summaries: the numbers of the lectures, and the table a person sees."""

import pytest

from chainrule.layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from chainrule.layers.core import ShapeError, message
from chainrule.models import Residual, Sequential, summary


def test_the_convolution_of_the_lecture():
    row = summary(Conv2d(3, 10, 5, padding=2), (3, 32, 32)).total
    assert row.y_shapes == ((10, 32, 32),)
    assert (row.parameters, row.multiply_adds, row.receptive_field) == (760, 768_000, (5, 5))
    assert row.cache_bytes == 3 * 32 * 32 * 4


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("kernel", [1, 3, 7])
def test_stacked_convolutions_see_one_plus_l_times_k_minus_one(depth, kernel):
    rows = summary(Sequential(*(Conv2d(2, 2, kernel) for _ in range(depth))), (2, 64, 64)).rows
    assert [row.receptive_field for row in rows] == [(1 + layers * (kernel - 1),) * 2 for layers in range(1, depth + 1)]


def test_fields_grow_through_nested_containers_and_strides():
    block = Residual(Sequential(Conv2d(4, 4, 3, padding=1), ReLU(), Conv2d(4, 4, 3, padding=1)))
    model = Sequential(Conv2d(1, 4, 3, stride=2), MaxPool2d(2), block, Flatten(), Linear(4 * 49, 3))
    rows = summary(model, (1, 30, 30)).rows
    assert [(row.path, row.receptive_field) for row in rows] == [
        ("0", (3, 3)), ("1", (5, 5)), ("2.branch.0", (13, 13)), ("2.branch.1", (13, 13)), ("2.branch.2", (21, 21)),
        ("3", (21, 21)), ("4", None)]


def test_the_table_reads_well():
    table = str(summary(Sequential(Conv2d(1, 4, 3, bias=False), BatchNorm2d(4), ReLU(), Flatten(), Linear(144, 10)),
                        (1, 8, 8)))
    lines = table.splitlines()
    assert lines[0].split() == ["layer", "output", "shape", "parameters", "multiply-adds", "sees", "cache", "bytes"]
    assert lines[2].split() == ["0", "Conv2d(1,", "4,", "3,", "bias=False)", "(4,", "6,", "6)", "36", "1,296", "3×3",
                                "256"]
    assert lines[-1].startswith("total  Sequential") and "(10,)" in lines[-1] and "1,494" in lines[-1]
    assert len({len(line) for line in lines[1::len(lines) - 3]}) == 1


def test_what_does_not_fit_is_found_without_computing():
    with pytest.raises(ShapeError) as caught:
        summary(Sequential(Conv2d(1, 4, 3), Linear(144, 10)), (1, 8, 8))
    assert message(caught.value) == ("Linear(144, 10) expected x of shape (..., 144), got (1, 4, 6, 6); "
                                     "put Flatten() before it; in layer 2 of 2 of Sequential")
