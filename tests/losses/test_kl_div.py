"""Kullback-Leibler divergence against PyTorch and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from chainrule.losses import KLDivLoss


@pytest.mark.filterwarnings("ignore:reduction:UserWarning")
@settings(max_examples=40, deadline=None, derandomize=True)
@given(reduction=st.sampled_from(["mean", "batchmean", "sum", "none"]), log_target=st.booleans(), zero=st.booleans(),
       shape=st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_agrees_with_torch(numbers_of_torch, reduction, log_target, zero, shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    prediction, target = np.log(rng.uniform(0.01, 1, shape)), rng.uniform(0.01, 1, shape)
    if zero and not log_target:
        target.flat[0] = 0
    target = np.log(target) if log_target else target
    numbers_of_torch(KLDivLoss(reduction, log_target), torch.nn.KLDivLoss(reduction=reduction, log_target=log_target),
                     prediction, target)


def test_the_batch_mean_is_the_divergence_proper():
    p, q = np.random.default_rng(0).dirichlet(np.ones(4), size=(2, 6))
    assert KLDivLoss("batchmean").forward(np.log(q), p) == pytest.approx(entropy(p, q, axis=1).mean(), rel=1e-12)
