"""Cholesky factors against PyTorch."""

import numpy as np
import pytest

from chainrule.layers import Cholesky
from chainrule.layers.core import ShapeError, ValueRangeError


@pytest.mark.parametrize("upper", [False, True])
def test_agrees_with_torch(agrees, upper):
    torch = pytest.importorskip("torch")
    tall = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    agrees(Cholesky(upper), lambda x: torch.linalg.cholesky((x + x.mT) / 2, upper=upper), tall @ tall.swapaxes(2, 3))


def test_what_is_not_positive_definite_is_refused():
    with pytest.raises(ValueRangeError, match="expected x positive definite, got a matrix with an eigenvalue"):
        Cholesky().forward(np.array([[1.0, 2.0], [2.0, 1.0]]))
    with pytest.raises(ShapeError, match="as many rows as columns"):
        Cholesky().describe((3, 4))
