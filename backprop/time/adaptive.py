"""Truncation that adapts itself: as many steps back as a tolerated relative bias of the gradient needs."""

import math
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import (
    Array,
    Entry,
    Layer,
    ValueRangeError,
    call,
    call_back,
    check_range,
    check_size,
    default_rng,
    flatten,
)
from ...losses import Loss
from ...optim import Optimizer
from ...training.modes import frozen
from .decay import Decay, estimate_decay
from .overlapping import State
from .truncated import TruncatedBPTT

__all__ = ["AdaptiveBPTT", "LagNorms", "check_streams", "find_truncation", "lag_norms"]


class LagNorms(NamedTuple):
    """Gradients of one step's loss by the states before it; lag 0 is the state with which that step begins.

    Attributes:
        norms:     (R,) sum over the streams of the length at lag k
        cumulated: (R + 1,) length of the sum over the streams and the lags below k
    """

    norms: Array
    cumulated: Array


def lag_norms(model: Layer, loss: Loss, x: Array, y: Array, lags: int, state: State = ()) -> LagNorms:
    """Measure the gradients of the last step's loss by the state before each of the last ``lags`` steps.

    The steps before move the state on. The gradients of the parameters stay as they are.

    Shapes:
        x, y: (N, T, …), T above ``lags``

    Example:
        >>> from chainrule.backprop import lag_norms
        >>> from chainrule.models.zoo import char_rnn
        >>> x = np.random.default_rng(0).integers(0, 5, (3, 21))
        >>> found = lag_norms(char_rnn(5, hidden=8), CrossEntropyLoss(), x, x, lags=10)
        >>> found.norms.shape, found.cumulated.shape, bool(found.norms[9] < found.norms[0])
        ((10,), (11,), True)
    """
    length = x.shape[1]
    if not 1 <= lags < length:
        raise ValueRangeError(f"lag_norms expected lags from 1 to {length - 1}, less than there are steps, got {lags}")
    entries: list[Entry] = []
    for t in range(length):
        (scores, *after), entry = call(model, x[:, t:t + 1], *state)
        state = tuple(after)
        entries = [*entries[1 - lags:], entry] if lags > 1 else [entry]
    loss.forward(scores, y[:, -1:])
    grads: list[Any] = [None] * len(state)
    grad_scores = loss.backward()
    norms, sums = [], [np.zeros(1)]
    with frozen(model):
        for entry in reversed(entries):
            _, *grads = flatten(call_back(model, entry, (grad_scores, *grads)))
            grad_scores = np.zeros_like(scores)
            by_stream = np.concatenate([grad.swapaxes(0, 1).reshape(len(x), -1) for grad in grads], 1)
            norms.append(np.linalg.norm(by_stream.astype(np.float64), axis=1).sum())
            sums.append(sums[-1] + by_stream.sum(axis=0, dtype=np.float64))
    return LagNorms(np.array(norms), np.array([np.linalg.norm(each) for each in sums]))


def check_streams(length: int, lags: int, burn_in: int) -> int:
    """Return the steps of a stream that an estimate looks at.

    Raises: ValueRangeError for streams that are shorter.
    """
    steps = burn_in + lags
    if length < steps:
        raise ValueRangeError(f"adaptive truncation expected streams of at least burn_in + lags = {steps} steps, got "
                              f"{length}; make lags smaller, or the batch")
    return steps


def find_truncation(model: Layer, loss: Loss, x: Array, y: Array, tolerance: float, *, lags: int = 100,
                    burn_in: int = 20, least: int = 2, most: int = 100,
                    rng: np.random.Generator | None = None) -> tuple[int, Decay]:
    """Return K, so that windows with a gradient of at least K steps have a relative bias below ``tolerance``.

    Estimated for the weights of now, from one window of each stream, drawn at random: ``burn_in + lags`` steps, the
    loss at the last.

    Shapes:
        x, y: (N, T, …), T at least ``burn_in + lags``

    Source: Aicher, Foti & Fox 2019, algorithm 1.
    """
    steps = check_streams(x.shape[1], lags, burn_in)
    begin = default_rng(rng).integers(0, x.shape[1] - steps + 1, len(x))
    rows, places = np.arange(len(x))[:, None], begin[:, None] + np.arange(steps)
    found = lag_norms(model, loss, x[rows, places], y[rows, places], lags)
    decay = estimate_decay(found.norms, found.cumulated, tail=math.ceil(0.8 * lags))
    return 1 + decay.truncation(tolerance, least - 1, most - 1), decay


class AdaptiveBPTT(TruncatedBPTT):
    """Truncated backpropagation whose reach K is estimated anew before every epoch, ``k1 = K``, ``k2 = 2 K - 1``.

    So every loss has a gradient of at least K lags, K the smallest for which the estimated relative bias of the
    gradient is below ``tolerance``. Windows for the estimate are drawn from the streams, ``burn_in + lags`` steps each,
    the loss at the last. With fewer updates their rate grows: ``lr = lr0 * sqrt(K)``, and with ``clip`` gradients are
    clipped to the length ``clip / K``.

    Shapes:
        as TruncatedBPTT

    Attributes:
        tolerance: the relative bias δ that is tolerated
        decay:     the last estimate
        history:   K of every epoch so far

    Source: Aicher, Foti & Fox 2019, algorithm 1; the estimate's settings are those of their code.

    Example:
        >>> from chainrule.backprop import AdaptiveBPTT
        >>> from chainrule.models.zoo import char_rnn
        >>> model, x = char_rnn(5, hidden=8), np.random.default_rng(0).integers(0, 5, (3, 61))
        >>> bptt = AdaptiveBPTT(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), 0.5, lags=20, most=20)
        >>> loss = bptt.epoch(x[:, :-1], x[:, 1:])
        >>> bptt.history == [bptt.k1], bptt.k2 == 2 * bptt.k1 - 1
        (True, True)
    """

    def __init__(self, model: Layer, loss: Loss, optimizer: Optimizer, tolerance: float = 0.5, *, lags: int = 100,
                 burn_in: int = 20, least: int = 2, most: int = 100, clip: float | None = None,
                 scores_axis: int = -1, rng: np.random.Generator | None = None) -> None:
        super().__init__(model, loss, optimizer, most, scores_axis=scores_axis)
        self.clip = clip
        self.tolerance = check_range(tolerance, 0, 1, name="tolerance", owner="AdaptiveBPTT", open_low=True)
        self.lags = check_size(lags, "lags", "AdaptiveBPTT", least=2)
        self.burn_in = check_size(burn_in, "burn_in", "AdaptiveBPTT")
        self.least = check_size(least, "least", "AdaptiveBPTT")
        self.most = check_size(most, "most", "AdaptiveBPTT", least=least)
        self.rng = rng
        self.decay: Decay | None = None
        self.history: list[int] = []
        self._rates = [group["lr"] for group in optimizer.param_groups]

    def epoch(self, x: Array, y: Array, state: State = ()) -> float:
        """Estimate K, then train once along the streams; return the mean loss."""
        self.reach(self.estimate(x, y))
        return super().epoch(x, y, state)

    def estimate(self, x: Array, y: Array) -> int:
        """Return K for the weights of now, from one window of each stream."""
        found, self.decay = find_truncation(self.model, self.loss, x, y, self.tolerance, lags=self.lags,
                                            burn_in=self.burn_in, least=self.least, most=self.most, rng=self.rng)
        return found

    def reach(self, steps: int) -> None:
        """Let gradients go back at least so many steps, and set the rate of the updates that are left."""
        self.k1, self.k2 = steps, 2 * steps - 1
        self.max_norm = None if self.clip is None else self.clip / steps
        self.history.append(steps)
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * math.sqrt(steps)
