"""NLLLoss against PyTorch, and against CrossEntropyLoss."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.losses import CrossEntropyLoss, NLLLoss


@given(st.sampled_from([(), (5,), (4, 3), (2, 3, 2)]), st.integers(1, 5), st.sampled_from(["mean", "sum", "none"]),
       st.booleans(), st.sampled_from([-100, 0]), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_numbers_of_torch(numbers_of_torch, layout, classes, reduction, weighted, ignore_index, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    target = rng.integers(classes, size=layout)
    if (target == ignore_index).all():
        ignore_index = -7
    shape = (classes,) if not layout else (layout[0], classes, *layout[1:])
    weight = rng.uniform(0.1, 3, classes) if weighted else None
    theirs = torch.nn.NLLLoss(torch.tensor(weight) if weighted else None, ignore_index=ignore_index,
                              reduction=reduction)
    ours = NLLLoss(weight, ignore_index=ignore_index, reduction=reduction)
    numbers_of_torch(ours, theirs, rng.standard_normal(shape), target, seed)


def test_hvp_is_zero(hvp_is_derivative):
    hvp_is_derivative(NLLLoss(), np.random.default_rng(0).standard_normal((4, 3)), np.array([0, 2, 1, 1]))


def test_after_log_softmax_it_is_the_cross_entropy():
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((6, 4)), rng.integers(4, size=6)
    log_probability = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    assert NLLLoss().forward(log_probability, target) == pytest.approx(CrossEntropyLoss().forward(x, target), rel=1e-14)
