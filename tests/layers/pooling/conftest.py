"""What tests of pools need: comparisons with PyTorch where indices go along."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def agrees_with_indices():
    """Return a function that compares ``(y, indices)`` and the gradient of the input."""
    torch = pytest.importorskip("torch")

    def compare(ours, theirs, x):
        tensor = torch.tensor(x, requires_grad=True)
        (y, indices), (expected, places) = ours.forward(x), theirs(tensor)
        np.testing.assert_array_equal(y, expected.detach().numpy())
        np.testing.assert_array_equal(indices, places.numpy())
        assert indices.dtype == np.int64
        grad_out = np.random.default_rng(0).normal(size=y.shape)
        expected.backward(torch.tensor(grad_out))
        np.testing.assert_allclose(ours.backward((grad_out, None)), tensor.grad.numpy(), rtol=1e-12, atol=1e-12)
        assert ours.describe(x.shape).y_shapes == (y.shape, y.shape)

    return compare
