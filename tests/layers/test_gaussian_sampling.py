"""Draws from a Gaussian: their distribution, their gradients, and that they can be repeated."""

import numpy as np
import pytest
from scipy.stats import kstest

from chainrule.layers import GaussianSampling
from chainrule.layers.core import ShapeError, StateError, replay


def test_draws_are_of_the_distribution_that_was_given():
    mean, log_var = np.full(20000, -1.5), np.full(20000, np.log(0.49))
    z = GaussianSampling(rng=np.random.default_rng(0)).forward(mean, log_var)
    assert kstest((z + 1.5) / 0.7, "norm").pvalue > 0.01


def test_gradients_of_torch_for_the_same_noise():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    mean, log_var, grad_out = rng.normal(size=(3, 4, 5))
    layer = GaussianSampling(rng=np.random.default_rng(7))
    z = layer.forward(mean, log_var)
    noise = torch.tensor(np.random.default_rng(7).standard_normal((4, 5)))
    tensors = [torch.tensor(each, requires_grad=True) for each in (mean, log_var)]
    expected = tensors[0] + torch.exp(tensors[1] / 2) * noise
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(z, expected.detach().numpy(), rtol=1e-12)
    for grad, tensor in zip(layer.backward(grad_out), tensors, strict=True):
        np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-12)


def test_the_gradient_is_that_of_the_expectation():
    """For z**2, whose expectation is mean**2 + exp(log_var), averaged over many draws."""
    mean, log_var = np.full(400000, 0.8), np.full(400000, np.log(0.36))
    layer = GaussianSampling(rng=np.random.default_rng(0))
    grad_mean, grad_log_var = layer.backward(2 * layer.forward(mean, log_var))
    assert grad_mean.mean() == pytest.approx(1.6, abs=0.01)
    assert grad_log_var.mean() == pytest.approx(0.36, abs=0.01)


def test_evaluation_gives_the_mean_and_draws_nothing():
    rng = np.random.default_rng(0)
    layer, before = GaussianSampling(rng=rng).eval(), rng.bit_generator.state
    mean = np.arange(6.0).reshape(2, 3)
    assert layer.forward(mean, mean) is mean
    assert rng.bit_generator.state == before
    grad_mean, grad_log_var = layer.backward(mean)
    np.testing.assert_array_equal(grad_mean, mean)
    assert grad_log_var is None
    assert layer.describe((2, 3), (2, 3)).views == (0,)


def test_a_forward_pass_can_be_repeated():
    layer = GaussianSampling()
    again, mean = replay(layer), np.zeros((2, 3))
    z = layer.forward(mean, mean)
    np.testing.assert_array_equal(again(mean, mean), z)
    assert (layer.forward(mean, mean) != z).all()


def test_dtypes_are_kept():
    layer = GaussianSampling()
    assert layer.forward(np.zeros(3, np.float32), np.zeros(3, np.float64)).dtype == np.float32
    assert [grad.dtype for grad in layer.backward(np.ones(3, np.float32))] == [np.float32, np.float64]


def test_what_does_not_fit_is_refused():
    for call in (GaussianSampling().forward, lambda *x: GaussianSampling().describe(*(each.shape for each in x))):
        with pytest.raises(ShapeError, match=r"GaussianSampling\(\) expected log_var of shape \(2, 3\), got \(3,\)"):
            call(np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(StateError):
        GaussianSampling().backward(np.zeros(3))
