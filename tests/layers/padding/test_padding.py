"""Every padding against PyTorch over drawn sizes, its adjoint, and its limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import CircularPad2d, ConstantPad1d, ConstantPad2d, ReflectionPad1d, ReplicationPad1d, ZeroPad2d
from chainrule.layers.core import ShapeError, ValueRangeError

MODES = ("CircularPad", "ConstantPad", "ReflectionPad", "ReplicationPad", "ZeroPad")


@settings(max_examples=120, deadline=None, derandomize=True)
@given(mode=st.sampled_from(MODES), axes=st.integers(1, 3), data=st.data(), batched=st.booleans())
def test_agrees_with_torch(agrees, mode, axes, data, batched):
    torch = pytest.importorskip("torch")
    spatial = data.draw(st.lists(st.integers(2, 5), min_size=axes, max_size=axes))
    most = {"CircularPad": 0, "ReflectionPad": -1}.get(mode, 3)
    cuts = -1 if mode in ("ConstantPad", "ZeroPad") else 0
    sides = [data.draw(st.integers(cuts, 3 if most == 3 else size + most)) for size in reversed(spatial)
             for _ in range(2)]
    if any(size + sides[2 * i] + sides[2 * i + 1] < 1 for i, size in enumerate(reversed(spatial))):
        return
    padding = data.draw(st.sampled_from([tuple(sides), 1]))
    extra = (2.5,) if mode == "ConstantPad" else ()
    x = np.random.default_rng(0).normal(size=(*((2,) if batched else ()), 3, *spatial))
    agrees(getattr(layers, f"{mode}{axes}d")(padding, *extra), getattr(torch.nn, f"{mode}{axes}d")(padding, *extra), x)


@pytest.mark.parametrize("layer", [CircularPad2d((1, 2, 0, 1)), ZeroPad2d((1, -1, 2, 0)), ConstantPad2d(1, 3.0)])
def test_the_linear_part_passes_the_adjoint_test(layer):
    rng = np.random.default_rng(0)
    x, x_dot = rng.normal(size=(2, 2, 3, 4, 5))
    grad_out = rng.normal(size=layer.forward(x).shape)
    y_dot = layer.jvp(x_dot)
    np.testing.assert_allclose((y_dot * grad_out).sum(), (x_dot * layer.backward(grad_out)).sum(), rtol=1e-12)
    np.testing.assert_allclose(layer.forward(x + x_dot) - layer.forward(x), y_dot, atol=1e-12)


@pytest.mark.parametrize(("make", "shape", "error", "shown"), [
    (lambda: ReflectionPad1d(3), (1, 3), ShapeError, "expected padding of at most 2 that leaves something"),
    (lambda: layers.CircularPad1d(4), (1, 3), ShapeError, "expected padding of at most 3"),
    (lambda: ConstantPad1d(-2, 0.0), (1, 3), ShapeError, "got -2 and -2 for the axis of size 3"),
    (lambda: ReplicationPad1d(1), (3,), ShapeError, r"expected x of shape \(N, C, L\) or without N, got \(3,\)"),
    (lambda: ZeroPad2d((1, 2, 3)), (1, 3, 3), ValueRangeError, "ZeroPad2d expected padding as one number or 4"),
])
def test_what_does_not_fit_is_refused(make, shape, error, shown):
    with pytest.raises(error, match=shown):
        make().forward(np.zeros(shape))
