"""LARS against PyTorch's SGD, given gradients rescaled by the definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import LARS, SGD


@given(st.sampled_from([0.0, 0.9]), st.booleans(), st.sampled_from([0.0, 0.3]), st.sampled_from([1e-3, 0.5]),
       st.booleans(), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_it_is_sgd_with_trusted_gradients(twins, momentum, nesterov, weight_decay, trust, maximize, seed):
    pair = twins([(3, 5), (4,), ()], seed)
    options = {"lr": 0.3, "momentum": momentum, "nesterov": nesterov and momentum > 0}
    ours = LARS(pair.ours, weight_decay=weight_decay, trust_coefficient=trust, maximize=maximize, **options)
    theirs = pair.torch.optim.SGD(pair.theirs, **options)
    for _ in range(50):
        pair.feed(0.8)
        for part in pair.theirs:
            if part.grad is not None:
                grad, w = -part.grad if maximize else part.grad, part.detach()
                size = (w**2).sum().sqrt()
                local = trust * size / ((grad**2).sum().sqrt() + weight_decay * size + 1e-8)
                part.grad = local * (grad + weight_decay * w)
        ours.step()
        theirs.step()
        pair.compare()


def test_every_parameter_moves_by_a_part_of_its_norm():
    parts = [Parameter(np.full(4, size), dtype=np.float64) for size in (1e-3, 1e3)]
    optimizer = LARS(parts, lr=0.5, trust_coefficient=0.02)
    for part, scale in zip(parts, (1e5, 1e-4), strict=True):
        part.grad = scale * np.array([1.0, -1.0, 1.0, 1.0])
    optimizer.step()
    for part, size in zip(parts, (1e-3, 1e3), strict=True):
        np.testing.assert_allclose(part.data / size, [0.99, 1.01, 0.99, 0.99], rtol=1e-4)


def test_plain_sgd_for_zeros_and_without_trust():
    rng = np.random.default_rng(0)
    for start, trust in ((np.zeros(3), 1e-3), (np.array([1.0, -2.0, 3.0]), 0.0)):
        ours, plain = (Parameter(start, dtype=np.float64) for _ in range(2))
        ours.grad = plain.grad = rng.standard_normal(3)
        LARS([ours], lr=0.1, weight_decay=0.2, trust_coefficient=trust).step()
        SGD([plain], lr=0.1, weight_decay=0.2).step()
        np.testing.assert_allclose(ours.data, plain.data, rtol=1e-14)


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"LARS expected trust_coefficient in \[0, inf\], got -1"):
        LARS([Parameter([1.0])], trust_coefficient=-1)
    with pytest.raises(ValueRangeError, match="LARS expected momentum > 0 and dampening = 0 with nesterov"):
        LARS([Parameter([1.0])], nesterov=True)
