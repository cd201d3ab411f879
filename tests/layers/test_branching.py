"""Copies add their gradients, choices route them, concatenation splits them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Concat, Copy, Select
from chainrule.layers.core import ShapeError


@settings(max_examples=30, deadline=None, derandomize=True)
@given(widths=st.lists(st.integers(1, 4), min_size=1, max_size=4), dim=st.sampled_from([0, 1, 2, -1, -2]))
def test_concat_agrees_with_torch(agrees, widths, dim):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    shapes = [[3, 2, 5] for _ in widths]
    for shape, width in zip(shapes, widths, strict=True):
        shape[dim] = width
    agrees(Concat(dim), lambda *tensors: torch.cat(tensors, dim), *(rng.normal(size=shape) for shape in shapes))


def test_concat_refuses_what_differs_elsewhere():
    with pytest.raises(ShapeError, match=r"expected inputs that agree in all axes but 1, got \(2, 3\) and \(4, 3\)"):
        Concat().forward(np.ones((2, 3)), np.ones((4, 3)))


def test_copy_adds_and_reads_none_as_zero():
    copy = Copy(3)
    x = np.arange(4.0)
    assert all(y is x for y in copy.forward(x))
    assert copy.backward((x, None, 10 * x)).tolist() == (11 * x).tolist()
    with pytest.raises(ShapeError, match=r"Copy.* expected 3 gradients, got 2"):
        copy.backward((x, x))


def test_select_counts_depth_first_and_from_the_end():
    a, b, c = np.ones(1), np.ones(2), np.ones(3)
    select = Select(-1)
    assert select.forward(a, (b, c)) is c
    assert select.backward(c) == (None, None, c) or select.backward(c)[2] is c
    assert Select(1).forward((a, b)) is b
    with pytest.raises(ShapeError, match=r"Select.* expected more than 3 inputs, got 2"):
        Select(3).forward(a, b)
