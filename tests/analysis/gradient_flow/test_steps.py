"""Spectral norms against the SVD of explicit Jacobians, and networks of depth 50 in their decades."""

import math

import numpy as np
import pytest

from chainrule.analysis.gradient_flow import JacobianSteps, deep_network
from chainrule.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sigmoid, Softplus, Tanh
from chainrule.models import Residual, Sequential


def explicit(model, x):
    """Return the Jacobian by central differences."""
    step, columns = 1e-6, []
    for unit in np.eye(x.size).reshape(-1, *x.shape):
        columns.append((model.forward(x + step * unit) - model.forward(x - step * unit)).ravel() / (2 * step))
    return np.array(columns).T


@pytest.mark.parametrize("model", [
    Sequential(Linear(5, 7), Tanh(), Residual(Sequential(Linear(7, 7), Softplus())), Linear(7, 3)),
    Sequential(Conv2d(1, 2, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(8, 4))], ids=["dense", "image"])
def test_norms_are_those_of_explicit_jacobians(model):
    model = model.astype(np.float64)
    x = np.random.default_rng(3).normal(size=(1, 5) if isinstance(model[0], Linear) else (1, 1, 6, 6))
    steps, layer_x = JacobianSteps(model, x), x
    for index, layer in enumerate(model):
        assert steps.norm(index, index + 1) == pytest.approx(np.linalg.norm(explicit(layer, layer_x), 2), rel=1e-6)
        layer_x = layer.forward(layer_x)
    assert steps.norm() == pytest.approx(np.linalg.norm(explicit(model, x), 2), rel=1e-6)
    assert np.allclose(steps.jacobian(), explicit(model, x), atol=1e-8)


@pytest.mark.parametrize(("norm", "options"), [
    (4e-31, {"activation": Sigmoid, "gain": 1.0}), (3e-10, {"activation": Sigmoid, "gain": 4.0}),
    (0.77, {"activation": Tanh, "gain": 1.0}), (1.8e2, {"activation": Tanh, "gain": 1.5}), (1.7e-7, {"gain": 1.0}),
    (9.1, {}), (2e8, {"gain": 2.0}), (0.28, {"activation": Tanh, "gain": 1.0, "init": "orthogonal"}),
    (4.9e11, {"residual": True}), (37, {"residual": True, "gain": 0.2})])
def test_fifty_layers_are_in_their_decade(norm, options):
    found = []
    for seed in range(3):
        model = deep_network(50, 128, rng=np.random.default_rng(seed), **options).astype(np.float64)
        found.append(JacobianSteps(model, np.random.default_rng(50 + seed).normal(size=(1, 128))).norm())
    assert abs(math.log10(np.median(found) / norm)) < 0.5
