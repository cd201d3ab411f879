"""Episodes: signals against slow sums, and learning without a way back."""

import numpy as np
import pytest

from chainrule.backprop import (
    ActorCritic,
    BernoulliCoagents,
    CoagentPolicy,
    GridWorld,
    LinearCritic,
    Policy,
    SoftmaxCoagent,
)
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential
from chainrule.optim import SGD


class Fixed(Policy):
    """Acts as it is told, and keeps what it was to learn."""

    def __init__(self, actions):
        self.actions = actions

    def begin(self):
        self.left = list(self.actions)

    def act(self, x):
        return np.array([self.left.pop(0)])

    def learn(self, signal):
        self.signal = signal


@pytest.mark.parametrize(("patience", "ended"), [(10, True), (3, False)])
@pytest.mark.parametrize("trace", [0.0, 0.6, 1.0])
def test_signals_are_discounted_sums_of_errors(patience, ended, trace):
    critic, gamma = LinearCritic(4, lr=0.5), 0.9
    critic.weight[:] = value = np.array([0.3, -0.7, 0.2, 9.0])
    policy, visited = Fixed([0, 3, 2, 1, 3]), [0, 0, 1, 0, 2, 3]
    learner = ActorCritic(policy, GridWorld(2, max_steps=patience), critic, gamma=gamma, trace=trace)
    steps = 5 if ended else 3
    assert learner.episode() == -steps
    ahead = value[visited[1:steps + 1]] * [*[1] * (steps - 1), 0 if ended else 1]
    errors = -1 + gamma * ahead - value[visited[:steps]]
    wanted = [sum((gamma * trace)**(k - t) * errors[k] for k in range(t, steps)) for t in range(steps)]
    np.testing.assert_allclose(policy.signal, np.array(wanted)[:, None], atol=1e-6)
    learnt = value.copy()
    for place, target in zip(visited, value[visited[:steps]] + wanted, strict=False):
        learnt[place] += 0.5 * (target - learnt[place])
    np.testing.assert_allclose(critic.weight, learnt, atol=1e-6)


@pytest.mark.parametrize("firing", [1.0, 0.5])
def test_a_small_field_is_learnt_without_a_way_back(no_way_back, firing):
    rng = np.random.default_rng(0)
    model = Sequential(BernoulliCoagents(9, 8, rng=rng), SoftmaxCoagent(8, 4, rng=rng))
    policy = CoagentPolicy(model, SGD(model.parameters(), lr=0.15), firing, rng=rng)
    learner = ActorCritic(policy, GridWorld(3), LinearCritic(9), trace=0)
    before = np.mean([learner.episode(learn=False) for _ in range(10)])
    returns = [learner.episode() for _ in range(250)]
    assert before < -10
    assert np.mean(returns[-50:]) > (-5 if firing == 1 else -8)


def test_ranges_are_checked():
    for name in ("gamma", "trace"):
        with pytest.raises(ValueRangeError, match=f"ActorCritic expected {name} in"):
            ActorCritic(Fixed([]), GridWorld(2), LinearCritic(4), **{name: 1.5})
    with pytest.raises(ValueRangeError, match="LinearCritic expected lr in"):
        LinearCritic(4, lr=0)
