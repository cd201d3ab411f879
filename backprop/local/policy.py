"""What acts and learns from a number for every action: coagents by themselves, or a network by backpropagation."""

from typing import Any

import numpy as np

from ...layers.core import (
    Array,
    Layer,
    NonFiniteError,
    ShapeError,
    Share,
    StateError,
    ValueRangeError,
    call,
    check_range,
    default_rng,
    inference,
    show_shape,
)
from ...layers.kernels import softmax_rows
from ...models import Sequential
from ...optim import Optimizer
from .coagent import Coagents, Drawn, choose

__all__ = ["BackpropPolicy", "CoagentPolicy", "Policy"]


class Policy:
    """What acts, N at once, and remembers enough to learn from how it went.

    ``begin()`` starts an episode, ``act(x)`` answers observations with actions and adds to ``steps``, ``learn(signal)``
    takes one step of the optimizer on ``-(signal * log p(action)).sum() / N``, with a signal for every step so far and
    each of the N.

    Raises: StateError for learning before acting, ShapeError for a signal of other steps than were taken,
    NonFiniteError for one that is not finite.
    """

    def __init__(self, model: Layer, optimizer: Optimizer, rng: np.random.Generator | None = None) -> None:
        self.model = model
        self.optimizer = optimizer
        self.rng = default_rng(rng)
        self.begin()

    def begin(self) -> None:
        """Forget the steps so far."""
        self.steps: list[tuple[Any, ...]] = []

    def act(self, x: Array) -> Array:
        """Return an action for each of N observations, and remember the step."""
        raise NotImplementedError(f"{type(self).__name__}.act")

    def learn(self, signal: Array) -> None:
        """Move the parameters, given the signals of all steps, (steps, N); then ``begin`` anew."""
        raise NotImplementedError(f"{type(self).__name__}.learn")

    def told(self, signal: Array, count: int) -> Array:
        """Return the signals for the rows of all steps, ``count`` in each, divided by their number."""
        wanted = (len(self.steps), count)
        if np.shape(signal) != wanted:
            raise ShapeError(f"{type(self).__name__} expected signal of shape {show_shape(wanted)}, a number for every "
                             f"step, got {show_shape(np.shape(signal))}")
        if not np.isfinite(signal).all():
            raise NonFiniteError(f"{type(self).__name__} expected signals that are finite, got others; lower the lr of "
                                 f"the critic")
        return np.asarray(signal, float).ravel() / count

    def taken(self) -> list[tuple[Any, ...]]:
        """Return the parts of the steps, each a tuple over steps.

        Raises: StateError when there is no step.
        """
        if not self.steps:
            raise StateError(f"{type(self).__name__} expected act before learn, but has taken no step")
        return list(zip(*self.steps, strict=True))


class CoagentPolicy(Policy):
    """A Sequential of ``Coagents`` as a policy: everyone is told the same signal, and no gradient passes between them.

    With ``firing`` below one there is no clock: at every step each unit fires with that probability, or else holds
    what it drew last; it learns only from the steps at which it fired. At the first step of an episode all fire.

    Attributes:
        held: what every unit shows now, layer by layer

    Raises: ValueRangeError for a network of other layers, none, or a firing that is not in (0, 1].

    Source: Thomas 2011; Kostas, Nota & Thomas 2020, section 4 (without a clock).

    Example:
        >>> from chainrule.backprop import BernoulliCoagents, CoagentPolicy, SoftmaxCoagent
        >>> model = Sequential(BernoulliCoagents(4, 8), SoftmaxCoagent(8, 2))
        >>> policy = CoagentPolicy(model, SGD(model.parameters(), lr=0.5))
        >>> x, wanted = np.eye(4, dtype=np.float32), np.array([0, 1, 1, 0])
        >>> for _ in range(2000):
        ...     right = policy.act(x) == wanted
        ...     policy.learn(right[None] - 0.5)
        >>> bool(np.mean([policy.act(x) == wanted for _ in range(50)]) > 0.9)
        True
    """

    def __init__(self, model: Sequential, optimizer: Optimizer, firing: Share = 1.0, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(model, optimizer, rng)
        self.units = [layer for layer in model if isinstance(layer, Coagents)]
        if not 0 < len(self.units) == len(model):
            raise ValueRangeError(f"CoagentPolicy expected a Sequential of Coagents alone, got "
                                  f"{', '.join(layer.title for layer in model) or 'an empty one'}")
        self.firing = check_range(firing, 0, 1, name="firing", owner="CoagentPolicy", open_low=True)

    def begin(self) -> None:
        super().begin()
        self.held: list[Array] = []

    def act(self, x: Array) -> Array:
        held, drawn = [], []
        for index, units in enumerate(self.units):
            u, (_, cache) = call(units, x, at=(self.model, str(index)))
            if self.held and self.firing < 1:
                fired = self.rng.random((len(u), 1 if units.joint else units.out_features)) < self.firing
                u, cache = np.where(fired, u, self.held[index]), Drawn(cache.x, cache.surprise * fired)
            held.append(u)
            drawn.append(cache)
            x = u
        self.held = held
        self.steps.append(tuple(drawn))
        return self.units[-1].action(x)

    def learn(self, signal: Array) -> None:
        taken = self.taken()
        told = self.told(signal, len(self.held[0]))
        self.optimizer.zero_grad()
        for units, drawn in zip(self.units, taken, strict=True):
            units.cache = Drawn(*map(np.concatenate, zip(*drawn, strict=True)))
            units.reinforce(told)
        self.optimizer.step()
        self.begin()


class BackpropPolicy(Policy):
    """REINFORCE with one network for all: actions drawn from ``softmax(model(x))``, the gradient by backpropagation.

    Gradients:
        grad_scores = -signal * (one_hot(action) - softmax(scores)) / N

    Source: Williams 1992, "Simple statistical gradient-following algorithms".

    Example:
        >>> from chainrule.backprop import BackpropPolicy
        >>> model = Sequential(Linear(4, 8), Tanh(), Linear(8, 2))
        >>> policy = BackpropPolicy(model, SGD(model.parameters(), lr=0.5))
        >>> policy.act(np.eye(4, dtype=np.float32)).shape
        (4,)
    """

    def __init__(self, model: Layer, optimizer: Optimizer, *, rng: np.random.Generator | None = None) -> None:
        super().__init__(model, optimizer, rng)

    def act(self, x: Array) -> Array:
        with inference():
            _, action = choose(self.model.forward(x), self.rng)
        self.steps.append((x, action))
        return action

    def learn(self, signal: Array) -> None:
        x, action = (np.concatenate(parts) for parts in self.taken())
        told = self.told(signal, len(x) // len(self.steps))
        self.optimizer.zero_grad()
        scores = self.model.forward(x)
        chance, _, _ = softmax_rows(scores)
        self.model.backward((told[:, None] * (chance - np.eye(chance.shape[1])[action])).astype(scores.dtype))
        self.optimizer.step()
        self.begin()
