"""MultiplicativeLR against PyTorch, with one function and one for each group."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter
from chainrule.optim import SGD, MultiplicativeLR


@pytest.mark.parametrize("lr_lambda", [lambda step: step / (step + 1), lambda step: 1 + (step % 3) / 10,
                                       [lambda step: 0.9, lambda step: 1.05]])
def test_numbers_of_torch(pair, lr_lambda):
    both = pair()
    both.race(both.make("MultiplicativeLR", lr_lambda))


def test_beside_another_schedule(pair):
    both = pair()
    both.race(both.make("ExponentialLR", 0.9), both.make("MultiplicativeLR", lambda step: 1 + (step % 3) / 10))


def test_every_factor_is_asked_for_once_and_resumed_ones_again():
    asked = []

    def factor(step):
        asked.append(step)
        return 0.5
    optimizer = SGD([Parameter(np.zeros(1))], lr=1.0)
    schedule = MultiplicativeLR(optimizer, factor)
    for _ in range(4):
        schedule.step()
    assert asked == [1, 2, 3, 4]
    again = MultiplicativeLR(optimizer, factor)
    again.load_state_dict(schedule.state_dict())
    again.step()
    assert optimizer.param_groups[0]["lr"] == 0.5**5
