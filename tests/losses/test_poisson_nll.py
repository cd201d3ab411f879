"""Poisson likelihood against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.losses import PoissonNLLLoss


@settings(max_examples=40, deadline=None, derandomize=True)
@given(log_input=st.booleans(), full=st.booleans(), eps=st.sampled_from([1e-8, 1e-2]),
       reduction=st.sampled_from(["mean", "sum", "none"]), shape=st.lists(st.integers(1, 5), max_size=3))
def test_agrees_with_torch(numbers_of_torch, log_input, full, eps, reduction, shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    prediction = np.asarray(rng.normal(size=shape) if log_input else rng.uniform(0.1, 3, size=shape))
    options = {"log_input": log_input, "full": full, "eps": eps, "reduction": reduction}
    numbers_of_torch(PoissonNLLLoss(**options), torch.nn.PoissonNLLLoss(**options), prediction,
                     np.asarray(rng.poisson(2.0, size=shape), float))


@pytest.mark.parametrize("log_input", [True, False])
def test_second_derivative(hvp_is_derivative, log_input):
    rng = np.random.default_rng(0)
    hvp_is_derivative(PoissonNLLLoss(log_input), rng.uniform(0.5, 2, (4, 5)), rng.poisson(2.0, (4, 5)).astype(float))
