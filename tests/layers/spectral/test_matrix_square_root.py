"""Square roots by Newton and Schulz against SciPy and against eigenvectors in PyTorch."""

import numpy as np
import pytest

from chainrule.layers import MatrixSquareRoot
from chainrule.layers.core import NonFiniteError


def test_agrees_with_scipy_and_with_eigenvectors_in_torch(agrees):
    rng = np.random.default_rng(0)
    torch = pytest.importorskip("torch")
    scipy = pytest.importorskip("scipy")
    tall = rng.normal(size=(3, 4, 9))
    x = tall @ tall.swapaxes(1, 2)

    def by_eigenvectors(x):
        values, vectors = torch.linalg.eigh((x + x.mT) / 2)
        return vectors * values[..., None, :].sqrt() @ vectors.mT
    agrees(MatrixSquareRoot(), by_eigenvectors, x, tolerance=1e-8)
    np.testing.assert_allclose(MatrixSquareRoot().forward(x[0]), scipy.linalg.sqrtm(x[0]), atol=1e-10)


def test_the_gradient_is_finite_and_right_where_all_eigenvalues_meet():
    rng = np.random.default_rng(0)
    layer, grad = MatrixSquareRoot(), rng.normal(size=(3, 3))
    layer.forward(4 * np.eye(3))
    np.testing.assert_allclose(layer.backward(grad), (grad + grad.T) / 2 / 4, atol=1e-12)  # 2 dy + dy 2 = dx


def test_negative_eigenvalues_are_refused():
    with pytest.raises(NonFiniteError, match="expected x positive definite"):
        MatrixSquareRoot().forward(np.diag([1.0, -1.0]))
