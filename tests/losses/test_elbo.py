"""ELBOLoss against PyTorch's distributions, an integral, and the likelihood that it bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.stats import norm

from chainrule.layers.core import ShapeError, UnknownNameError, ValueRangeError
from chainrule.losses import ELBOLoss
from chainrule.testing import check_loss

from .joint_loss import numbers_of_torch


def of_torch(loss):
    torch = pytest.importorskip("torch")
    from torch.distributions import Normal, kl_divergence

    def bound(reconstruction, mean, log_var, target):
        if loss.likelihood == "bernoulli":
            misfit = torch.nn.functional.binary_cross_entropy_with_logits(reconstruction, target, reduction="none")
        else:
            misfit = -Normal(reconstruction, loss.std).log_prob(target)
        divergence = kl_divergence(Normal(mean, torch.exp(log_var / 2)), Normal(0.0, 1.0))
        terms = misfit.reshape(len(misfit), -1).sum(1) + loss.beta * divergence.reshape(len(misfit), -1).sum(1)
        return {"mean": terms.mean, "sum": terms.sum, "none": lambda: terms}[loss.reduction]()
    return bound


@settings(max_examples=60, deadline=None, derandomize=True)
@given(likelihood=st.sampled_from(["bernoulli", "gaussian"]), beta=st.sampled_from([0.0, 1.0, 3.5]),
       std=st.sampled_from([1.0, 0.3]), reduction=st.sampled_from(["mean", "sum", "none"]),
       samples=st.integers(1, 4), shape=st.lists(st.integers(1, 4), max_size=3), latent=st.integers(1, 5),
       seed=st.integers(0, 99))
def test_numbers_of_torch(likelihood, beta, std, reduction, samples, shape, latent, seed):
    rng, loss = np.random.default_rng(seed), ELBOLoss(likelihood, beta, std, reduction)
    target = rng.uniform(size=(samples, *shape)) if likelihood == "bernoulli" else rng.normal(size=(samples, *shape))
    prediction = (3 * rng.normal(size=(samples, *shape)), *rng.normal(size=(2, samples, latent)))
    numbers_of_torch(loss, of_torch(loss), prediction, lambda *parts: (*parts, target))


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_contract(likelihood):
    chance = np.random.default_rng(0).uniform(0.02, 0.98, (4, 3, 2))
    assert check_loss(ELBOLoss(likelihood, 0.7, 0.6), ((4, 3, 2), (4, 5), (4, 5)), chance).problems == []


def test_the_divergence_is_the_integral():
    mean, log_var = 0.7, np.log(0.3)

    def integrand(z):
        density = norm.pdf(z, mean, np.exp(log_var / 2))
        return density * (norm.logpdf(z, mean, np.exp(log_var / 2)) - norm.logpdf(z))
    prediction = (np.zeros((1, 1)), np.full((1, 1), mean), np.full((1, 1), log_var))
    divergence = ELBOLoss().divergence(prediction, np.zeros((1, 1)))
    assert divergence[0] == pytest.approx(integrate.quad(integrand, -8, 8)[0], rel=1e-8)


def test_it_bounds_the_likelihood_and_touches_it_for_the_true_posterior():
    """x = z + noise of variance 0.25, so log p(x) and p(z | x) are known: N(0, 1.25) and N(0.8 x, 0.2)."""
    loss, x, rng = ELBOLoss("gaussian", std=0.5), np.full((400000, 1), 1.3), np.random.default_rng(0)
    surprise = -norm.logpdf(1.3, 0, np.sqrt(1.25))
    for mean, var, gap in ((0.8 * 1.3, 0.2, 0.0), (0.5, 0.2, 0.729), (0.8 * 1.3, 0.4, 0.153)):
        z = mean + np.sqrt(var) * rng.standard_normal(x.shape)
        value = loss.forward((z, np.full_like(x, mean), np.full_like(x, np.log(var))), x)
        assert value - surprise == pytest.approx(gap, abs=5e-3)


def test_the_parts_add_up():
    rng, loss = np.random.default_rng(0), ELBOLoss(beta=2.5, reduction="none")
    prediction, target = (rng.normal(size=(4, 6)), *rng.normal(size=(2, 4, 3))), rng.uniform(size=(4, 6))
    np.testing.assert_allclose(loss.misfit(prediction, target) + 2.5 * loss.divergence(prediction, target),
                               loss.forward(prediction, target), rtol=1e-12)


def test_a_code_like_the_prior_costs_nothing():
    code = np.zeros((3, 2))
    assert (ELBOLoss().divergence((code, code, code), code) == 0).all()


def test_large_logits_stay_finite():
    loss, x = ELBOLoss(), np.array([[1e4, -1e4]])
    assert loss.forward((x, np.zeros((1, 1)), np.zeros((1, 1))), np.array([[0.0, 1.0]])) == 2e4
    assert np.isfinite(loss.backward()[0]).all()


def test_what_is_expected_of_a_reconstruction():
    x = np.array([0.0, np.log(3)])
    np.testing.assert_allclose(ELBOLoss().expected(x), [0.5, 0.75])
    assert ELBOLoss("gaussian").expected(x) is x


SHAPES = [
    (((3, 4), (2, 5), (2, 5)), (3, 4), r"one row for each sample, got shapes \(3, 4\) and \(2, 5\)"),
    (((3, 4), (3, 5), (3, 4)), (3, 4), r"expected log_var of shape \(3, 5\), got \(3, 4\)"),
    (((3, 4), (3, 5), (3, 5)), (3, 5), r"expected target of shape \(3, 4\), got \(3, 5\)"),
    (((3, 4), (3, 5)), (3, 4), r"a tuple \(reconstruction, mean, log_var\), got a tuple of 2"),
]


@pytest.mark.parametrize(("shapes", "target", "shown"), SHAPES)
def test_shapes_that_do_not_fit_are_refused(shapes, target, shown):
    with pytest.raises(ShapeError, match=shown):
        ELBOLoss().forward(tuple(map(np.zeros, shapes)), np.zeros(target))


def test_options_out_of_range_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'gaussian'"):
        ELBOLoss("gausian")
    with pytest.raises(ValueRangeError, match=r"expected beta in \[0, inf\], got -1"):
        ELBOLoss(beta=-1)
    with pytest.raises(ValueRangeError, match=r"expected std in \(0, inf\], got 0"):
        ELBOLoss("gaussian", std=0.0)
