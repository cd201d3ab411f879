"""Eigenvalues and eigenvectors against PyTorch; gradients that stay finite where eigenvalues meet."""

import numpy as np
import pytest

from chainrule.layers import EigenDecomposition
from chainrule.layers.core import ShapeError, UnknownNameError


def test_agrees_with_torch():
    rng = np.random.default_rng(0)
    torch = pytest.importorskip("torch")
    x = rng.normal(size=(2, 5, 5))
    values, vectors = (layer := EigenDecomposition()).forward(x)
    tensor = torch.tensor(x, requires_grad=True)
    theirs = torch.linalg.eigh((tensor + tensor.mT) / 2)
    signs = np.sign((vectors * theirs.eigenvectors.detach().numpy()).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(values, theirs.eigenvalues.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(vectors, theirs.eigenvectors.detach().numpy() * signs, atol=1e-12)
    grad_values, grad_vectors = rng.normal(size=(2, 5)), rng.normal(size=(2, 5, 5))
    grad_x = layer.backward((grad_values, grad_vectors))
    torch.autograd.backward(theirs, (torch.tensor(grad_values), torch.tensor(grad_vectors * signs)))
    np.testing.assert_allclose(grad_x, tensor.grad.numpy(), atol=1e-10)


@pytest.mark.parametrize("eps", [1e-4, 1.0])
def test_at_a_gap_of_1e_8_in_single_precision(eps):
    """Done when: the analytic gradient is not finite, and ours is, below d K / eps times that of the vectors."""
    rng = np.random.default_rng(0)
    x = (eps * np.diag([1, 1 + 1e-8, 3])).astype(np.float32)
    grad = rng.normal(size=(3, 3)).astype(np.float32)
    gradients = {}
    for gradient in ("analytic", "power", "taylor"):
        layer = EigenDecomposition(gradient)
        layer.forward(x)
        gradients[gradient] = layer.backward((None, grad))
    assert not np.isfinite(gradients["analytic"]).all()
    for gradient in ("power", "taylor"):
        assert 0 < np.linalg.norm(gradients[gradient]) < 3 * 20 / eps * np.linalg.norm(grad)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"expected x of as many rows as columns, \(..., d, d\), got \(2, 3, 4\)"):
        EigenDecomposition().forward(np.zeros((2, 3, 4)))
    with pytest.raises(UnknownNameError, match="did you mean 'power'"):
        EigenDecomposition("powr")
