"""Whether the numbers of a loss of several predictions are PyTorch's."""

import numpy as np
import pytest


def numbers_of_torch(ours, theirs, predictions, arguments=lambda *predictions: predictions, seed=0):
    """Compare loss and gradients for a random upstream, in float64; ``arguments`` adds the target to predictions."""
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(prediction, requires_grad=True) for prediction in predictions]
    expected = theirs(*(each if isinstance(each, torch.Tensor) else torch.tensor(each) for each in arguments(*tensors)))
    kept = [np.copy(each) for each in arguments(*predictions)]
    value = ours.forward(*arguments(*predictions))
    np.testing.assert_allclose(value, expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    assert isinstance(value, np.ndarray if ours.reduction == "none" else float)
    upstream = np.random.default_rng(seed).standard_normal(expected.shape)
    expected.backward(torch.tensor(upstream))
    for _ in range(2):      # the second backward finds the cache as the first did
        grads = ours.backward(upstream if ours.reduction == "none" else float(upstream))
        for grad, tensor in zip(grads if isinstance(grads, tuple) else (grads,), tensors, strict=True):
            assert grad.shape == tuple(tensor.shape)
            np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-10, atol=1e-10)
    for before, after in zip(kept, arguments(*predictions), strict=True):
        np.testing.assert_array_equal(before, after)
