"""Clipping against PyTorch, and where gradients are not finite."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import NonFiniteError, Parameter, ValueRangeError
from chainrule.optim import SGD, clip_grad_norm_, clip_grad_value_


def same_gradients(pair):
    for mine, other in zip(pair.ours, pair.theirs, strict=True):
        assert mine.reached == (other.grad is not None)
        if mine.reached:
            np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-10, atol=1e-10)


@given(st.sampled_from([0.1, 1.0, 100.0]), st.sampled_from([1.0, 2.0, 3.5, np.inf, "inf"]), st.sampled_from([1.0, 0.5]),
       st.booleans(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_norm_has_the_numbers_of_torch(twins, max_norm, norm_type, present, stored, seed):
    pair = twins([(3, 5), (5,), (), (2, 1, 3)], seed)
    if stored:
        SGD(pair.ours)
    pair.feed(present)
    ours = clip_grad_norm_(iter(pair.ours), max_norm, norm_type)
    theirs = pair.torch.nn.utils.clip_grad_norm_(pair.theirs, max_norm, norm_type)
    assert type(ours) is float
    assert ours == pytest.approx(float(theirs), rel=1e-12)
    same_gradients(pair)


@given(st.sampled_from([0.0, 0.3, 2.0]), st.sampled_from([1.0, 0.5]), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_value_has_the_numbers_of_torch(twins, clip_value, present, seed):
    pair = twins([(3, 5), (5,), ()], seed)
    pair.feed(present)
    clip_grad_value_(pair.ours, clip_value)
    if any(other.grad is not None for other in pair.theirs):        # PyTorch fails when there is nothing to clip
        pair.torch.nn.utils.clip_grad_value_(pair.theirs, clip_value)
    same_gradients(pair)


def test_one_parameter_alone():
    part = Parameter([0.0, 0.0])
    part.grad = np.array([30.0, 40.0])
    assert clip_grad_norm_(part, 5.0) == 50
    np.testing.assert_allclose(part.grad, [3, 4], rtol=1e-6)
    clip_grad_value_(part, 3.5)
    np.testing.assert_allclose(part.grad, [3, 3.5], rtol=1e-6)


def test_nothing_to_clip():
    assert clip_grad_norm_([], 1.0) == 0
    part = Parameter([1.0])
    assert clip_grad_norm_([part], 1.0) == 0
    clip_grad_value_([part], 1.0)
    assert not part.reached


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_gradients_that_are_not_finite(twins, bad):
    pair = twins([(3,), (2,)])
    pair.feed()
    pair.ours[1].grad[0] = bad
    pair.theirs[1].grad[0] = bad
    with pytest.raises(NonFiniteError, match=f"found a gradient norm of {bad}"):
        clip_grad_norm_(pair.ours, 1.0, error_if_nonfinite=True)
    assert np.isfinite(pair.ours[0].grad).all()
    clip_grad_norm_(pair.ours, 1.0)
    pair.torch.nn.utils.clip_grad_norm_(pair.theirs, 1.0)
    same_gradients(pair)


def test_wrong_limits():
    with pytest.raises(ValueRangeError, match=r"clip_grad_norm_ expected max_norm in \[0, inf\], got -1"):
        clip_grad_norm_([], -1)
    with pytest.raises(ValueRangeError, match="clip_grad_value_ expected clip_value"):
        clip_grad_value_([], float("nan"))
