"""Columns and images against PyTorch, and against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Fold, Unfold
from chainrule.layers.core import ShapeError, ValueRangeError

pair = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(kernel=pair, dilation=pair, stride=pair, padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
       extra=st.tuples(st.integers(0, 3), st.integers(0, 3)), batched=st.booleans())
def test_agree_with_torch_and_are_adjoint(agrees, kernel, dilation, stride, padding, extra, batched):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    size = tuple(max(1, d * (k - 1) + 1 - 2 * p + e)
                 for k, d, p, e in zip(kernel, dilation, padding, extra, strict=True))
    lead = (2,) if batched else ()
    x = rng.normal(size=(*lead, 3, *size))
    options = {"kernel_size": kernel, "dilation": dilation, "padding": padding, "stride": stride}
    unfold, fold = Unfold(**options), Fold(size, **options)
    agrees(unfold, torch.nn.Unfold(**options), x)
    columns = rng.normal(size=unfold.forward(x).shape)
    agrees(fold, torch.nn.Fold(size, **options), columns)
    np.testing.assert_allclose((unfold.forward(x) * columns).sum(), (x * fold.forward(columns)).sum(), rtol=1e-10)


@pytest.mark.parametrize(("make", "shape", "error", "shown"), [
    (lambda: Unfold(4), (1, 3, 3), ShapeError, r"images that a window of \(4, 4\) fits into, got \(3, 3\)"),
    (lambda: Unfold(2), (3, 3), ShapeError, r"expected x of shape \(C, H, W\), got \(3, 3\)"),
    (lambda: Fold(3, 2), (1, 8, 5), ShapeError, r"expected x of shape \(N, C·4, 4\) or without N, got \(1, 8, 5\)"),
    (lambda: Unfold((1, 2, 3)), (1, 3, 3), ValueRangeError, "Unfold expected kernel_size as one whole number or two"),
])
def test_what_does_not_fit_is_refused(make, shape, error, shown):
    with pytest.raises(error, match=shown):
        make().forward(np.zeros(shape))
