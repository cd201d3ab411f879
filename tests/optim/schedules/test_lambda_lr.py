"""LambdaLR against PyTorch, with one function and one for each group."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, LambdaLR


@pytest.mark.parametrize("lr_lambda", [lambda step: 1 / (1 + step), lambda step: (step % 3) / 2,
                                       [lambda step: 0.9**step, lambda step: 1 + step]])
def test_numbers_of_torch(pair, lr_lambda):
    both = pair()
    both.race(both.make("LambdaLR", lr_lambda))


def test_what_others_did_is_overwritten(pair):
    both = pair()
    both.race(both.make("ExponentialLR", 0.9), both.make("LambdaLR", lambda step: 1 / (1 + step)))


def test_a_function_too_many():
    with pytest.raises(ValueRangeError, match=r"LambdaLR expected one lr_lambda, or .* 1 groups, got 2"):
        LambdaLR(SGD([Parameter(np.zeros(1))]), [abs, abs])
