"""A network of the zoo against one written down again with PyTorch's functions, on the same weights."""

import numpy as np
import pytest


@pytest.fixture
def agrees_with_functions():
    """Return a function that compares a model with ``written(steps, x)``; ``steps`` spends the model's weights."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional

    class Steps:
        def __init__(self, weights):
            self.weights = iter(weights)

        pool = staticmethod(functional.max_pool2d)
        join = staticmethod(lambda *x: torch.cat(x, dim=1))

        def row(self):
            return next(self.weights)

        def conv(self, x, bias=True, **options):
            return functional.conv2d(x, self.row(), self.row() if bias else None, **options)

        def up(self, x):
            return functional.conv_transpose2d(x, self.row(), self.row(), stride=2)

        def norm(self, x):
            return functional.batch_norm(x, None, None, self.row(), self.row(), training=True)

        def linear(self, x):
            return functional.linear(x, self.row(), self.row())

        def conv_norm_relu(self, x, **options):
            return functional.relu(self.norm(self.conv(x, bias=False, **options)))

    def compare(model, written, shape, tolerance=1e-9):
        rng = np.random.default_rng(0)
        x = rng.normal(size=shape)
        model.astype(np.float64).zero_grad()
        for parameter in model.parameters():        # no initial value hides a mistake: zeros and ones have gone
            parameter.data += 0.1 * rng.normal(size=parameter.shape)
        weights = [torch.tensor(parameter.data, requires_grad=True) for parameter in model.parameters()]
        steps, tensor = Steps(weights), torch.tensor(x, requires_grad=True)
        expected = written(steps, tensor)
        assert next(steps.weights, None) is None
        y = model.forward(x)
        grad_out = rng.normal(size=y.shape)
        grad_x = model.backward(grad_out)
        expected.backward(torch.tensor(grad_out))
        pairs = [(y, expected.detach()), (grad_x, tensor.grad)]
        pairs += [(mine.grad, other.grad) for mine, other in zip(model.parameters(), weights, strict=True)]
        for mine, other in pairs:
            np.testing.assert_allclose(mine, other.numpy(), rtol=tolerance, atol=tolerance)
    return compare
