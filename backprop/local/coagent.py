"""Stochastic units that learn by themselves: each from what it saw, what it drew, and one number told to all."""

import math
from typing import NamedTuple

import numpy as np

from ...layers.core import (
    Array,
    Description,
    Kept,
    Layer,
    Parameter,
    Positive,
    Shape,
    Size,
    check_range,
    check_shape,
    check_size,
    default_rng,
)

__all__ = ["BernoulliCoagents", "Coagents", "Drawn", "GaussianCoagents", "SoftmaxCoagent", "choose"]


class Drawn(NamedTuple):
    """What units saw, and the derivative of the log-probability of what they drew by their scores."""

    x: Array
    surprise: Array


class Coagents(Layer):
    """Units that see ``score = x @ weight.T + bias``, draw ``u`` at random, and have no way back.

    In its place is ``reinforce(signal)``, the policy gradient of every unit for itself. If the signal is what came of
    it all, the sum over all units is the gradient of the whole network's expected signal: the policy gradient theorem
    for coagents. A subclass writes ``draw``; ``action`` says what an environment is given.

    Shapes:
        x:      (N, in_features)
        weight: (out_features, in_features)
        u:      (N, out_features)

    Gradients:
        surprise    = d log p(u) / d score
        grad_weight = -(signal * surprise).T @ x,   grad_bias = -(signal * surprise), summed over rows

    Cost: in_features * out_features multiply-adds per row, as much again to learn; keeps ``x`` and ``surprise``.

    Source: Thomas 2011, "Policy gradient coagent networks"; Kostas, Nota & Thomas 2020, "Asynchronous coagent
    networks".
    """

    forward_mode_gap = "what is drawn has no derivative; coagents learn by reinforce(signal)"

    joint = False       # whether all outputs are one unit's

    def __init__(self, in_features: Size, out_features: Size, *, rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", type(self).__name__)
        self.out_features = check_size(out_features, "out_features", type(self).__name__)
        self.rng = default_rng(rng)
        bound = 1 / math.sqrt(in_features)
        self.weight = Parameter(self.rng.uniform(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(np.zeros(out_features))

    def draw(self, score: Array) -> tuple[Array, Array]:
        """Return what is drawn, and the derivative of its log-probability by ``score``."""
        raise NotImplementedError(f"{type(self).__name__}.draw")

    def action(self, u: Array) -> Array:
        """Return what an environment is given for a row of ``u``: the row."""
        return u

    def forward(self, x: Array) -> Array:
        check_shape(x, ("N", self.in_features), name="x", owner=self)
        u, surprise = self.draw(x @ self.weight.data.T + self.bias.data)
        dtype = self.weight.dtype
        self.cache = Drawn(x, surprise.astype(dtype, copy=False))
        return u.astype(dtype, copy=False)

    def reinforce(self, signal: Array) -> None:
        """Add the gradient of ``-(signal * log p(u)).sum()`` to those of the parameters; ``signal`` is (N,)."""
        x, surprise = self.saved()
        check_shape(signal, (len(x),), name="signal", owner=self)
        told = signal[:, None].astype(surprise.dtype, copy=False) * surprise
        if self.weight.requires_grad:
            self.weight.grad -= told.T @ x
        if self.bias.requires_grad:
            self.bias.grad -= told.sum(axis=0)

    def describe(self, *x_shapes: Shape) -> Description:
        """One product; every unit sees all of ``x``."""
        (x_shape,) = x_shapes
        check_shape(x_shape, ("N", self.in_features), name="x", owner=self)
        count = x_shape[0]
        kept = (Kept("x0", count * self.in_features), Kept("surprise", count * self.out_features))
        return self.description((count, self.out_features), kept=kept, field=None,
                                multiply_adds=count * self.in_features * self.out_features)


class BernoulliCoagents(Coagents):
    """Units that fire or not, each for itself: ``u`` is 1 with probability ``sigmoid(score)``, else 0.

    Gradients:
        surprise = u - sigmoid(score)

    Source: Williams 1992, section 4 (Bernoulli logistic units).

    Example:
        >>> from chainrule.backprop import BernoulliCoagents
        >>> units = BernoulliCoagents(3, 2)
        >>> set(units.forward(np.ones((50, 3), np.float32)).ravel().tolist()) <= {0.0, 1.0}
        True
    """

    def draw(self, score: Array) -> tuple[Array, Array]:
        chance = (1 + np.tanh(score / 2)) / 2               # the sigmoid, which so never overflows
        u = self.rng.random(score.shape) < chance
        return u, u - chance


class SoftmaxCoagent(Coagents):
    """One unit that chooses: ``u`` is a one at a place drawn from ``softmax(score)``, and zeros.

    Gradients:
        surprise = u - softmax(score)

    Source: Thomas 2011; the same derivative in Sutton & Barto 2018, section 13.3.

    Example:
        >>> from chainrule.backprop import SoftmaxCoagent
        >>> unit = SoftmaxCoagent(3, 4)
        >>> u = unit.forward(np.ones((2, 3), np.float32))
        >>> u.sum(axis=1).tolist(), unit.action(u).shape
        ([1.0, 1.0], (2,))
    """

    joint = True

    def draw(self, score: Array) -> tuple[Array, Array]:
        chance, chosen = choose(score, self.rng)
        u = np.eye(self.out_features)[chosen]
        return u, u - chance

    def action(self, u: Array) -> Array:
        """Return which output was chosen, (N,)."""
        return np.asarray(u.argmax(axis=1))


class GaussianCoagents(Coagents):
    """Units that add noise: ``u = score + std * noise``, the noise normal; as outputs, continuous actions.

    Gradients:
        surprise = (u - score) / std**2

    Raises: ValueRangeError for a std that is not above zero.

    Source: Williams 1992, section 6 (Gaussian units).

    Example:
        >>> from chainrule.backprop import GaussianCoagents
        >>> GaussianCoagents(3, 2, std=0.5).forward(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(self, in_features: Size, out_features: Size, std: Positive = 1.0, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(in_features, out_features, rng=rng)
        self.std = check_range(std, 0, math.inf, name="std", owner="GaussianCoagents", open_low=True)

    def draw(self, score: Array) -> tuple[Array, Array]:
        noise = self.rng.standard_normal(score.shape)
        return score + self.std * noise, noise / self.std


def choose(score: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the softmax of every row, and a place drawn from it."""
    chance = np.exp(score - score.max(axis=1, keepdims=True), dtype=np.float64)
    chance /= chance.sum(axis=1, keepdims=True)
    reached = chance.cumsum(axis=1)
    return chance, (reached > rng.random((len(score), 1)) * reached[:, -1:]).argmax(axis=1)
