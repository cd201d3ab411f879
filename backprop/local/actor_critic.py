"""Episodes: a policy acts, a critic says how much better it went than expected, and both learn from that."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from ...layers.core import Array, Positive, Share, Size, check_range, check_size
from .policy import Policy

__all__ = ["ActorCritic", "Environment", "LinearCritic"]


class Environment(Protocol):
    """What Gymnasium calls an environment, as far as it is needed."""

    def reset(self, *, seed: int | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode; return the first observation."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Act; return observation, reward, whether it has ended, whether it was cut off, and more."""


class LinearCritic:
    """The return expected from an observation, ``weight @ basis(x)``, learnt by the delta rule: local too.

    With observations of a single one, as in ``GridWorld``, it is a table.

    Raises: ValueRangeError for an lr that is not above zero.

    Source: Sutton & Barto 2018, section 9.3.

    Example:
        >>> from chainrule.backprop import LinearCritic
        >>> critic = LinearCritic(3, lr=0.5)
        >>> for _ in range(20):
        ...     critic.learn(np.eye(3), np.array([1.0, 2.0, 3.0]))
        >>> critic.value(np.eye(3)).round(3).tolist()
        [1.0, 2.0, 3.0]
    """

    def __init__(self, features: Size, lr: Positive = 0.1, basis: Callable[[Array], Array] | None = None) -> None:
        self.weight = np.zeros(check_size(features, "features", "LinearCritic"))
        self.lr = check_range(lr, 0, np.inf, name="lr", owner="LinearCritic", open_low=True)
        self.basis = basis

    def value(self, x: Array) -> Array:
        """Return what is expected from each of the observations, (N,)."""
        return self._features(x) @ self.weight

    def learn(self, x: Array, target: Array) -> None:
        """Move towards the targets, one observation after the other."""
        for row, wanted in zip(self._features(x), target, strict=True):
            self.weight += self.lr * (wanted - row @ self.weight) * row

    def _features(self, x: Array) -> Array:
        return x if self.basis is None else self.basis(x)


class ActorCritic:
    """Lets a policy live through episodes of an environment, and learn at the end of each.

    ``trace`` is between the TD error of every step (0, which is biased as far as the critic is wrong) and the whole
    return less what the critic expected (1, which is not):

        error[t]  = reward[t] + gamma * value(x[t + 1]) - value(x[t])         no value after the end
        signal[t] = error[t] + gamma * trace * signal[t + 1]

    Raises: ValueRangeError for gamma or trace outside of [0, 1].

    Source: Thomas 2011 (the TD error, told to all); Schulman et al. 2016, equation 16 (in between).

    Example:
        >>> from chainrule.backprop import ActorCritic, BackpropPolicy, GridWorld, LinearCritic
        >>> model = Sequential(Linear(4, 4))
        >>> policy = BackpropPolicy(model, SGD(model.parameters(), lr=0.5), rng=np.random.default_rng(0))
        >>> learner = ActorCritic(policy, GridWorld(2), LinearCritic(4))
        >>> bool(np.mean([learner.episode() for _ in range(300)][-50:]) > -3)
        True
    """

    def __init__(self, policy: Policy, environment: Environment, critic: LinearCritic, *, gamma: Share = 1.0,
                 trace: Share = 1.0) -> None:
        self.policy = policy
        self.environment = environment
        self.critic = critic
        self.gamma = check_range(gamma, 0, 1, name="gamma", owner="ActorCritic")
        self.trace = check_range(trace, 0, 1, name="trace", owner="ActorCritic")

    def episode(self, *, learn: bool = True, seed: int | None = None) -> float:
        """Run one episode, to its end; return the sum of its rewards. ``seed`` is the environment's."""
        self.policy.begin()
        observation, _ = self.environment.reset(seed=seed)
        seen, rewards, over = [np.asarray(observation, np.float32)], [], False
        while not over:
            action = self.policy.act(seen[-1][None])[0]
            observation, reward, ended, cut, _ = self.environment.step(action)
            seen.append(np.asarray(observation, np.float32))
            rewards.append(float(reward))
            over = ended or cut
        if learn:
            self._learn(np.stack(seen), np.array(rewards), ended)
        return sum(rewards)

    def _learn(self, seen: Array, rewards: Array, ended: bool) -> None:
        value = self.critic.value(seen)
        if ended:
            value[-1] = 0
        signal = rewards + self.gamma * value[1:] - value[:-1]
        for t in reversed(range(len(signal) - 1)):
            signal[t] += self.gamma * self.trace * signal[t + 1]
        self.critic.learn(seen[:-1], value[:-1] + signal)
        self.policy.learn(signal[:, None])
