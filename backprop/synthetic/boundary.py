"""The gradient that truncated backpropagation cuts off, predicted from the state at the end of a window."""

import numpy as np

from ...layers.core import Array
from ..time.overlapping import State
from .predictor import SyntheticGradient

__all__ = ["SyntheticBoundary"]


class SyntheticBoundary:
    """A synthetic gradient at the end of every window of ``TruncatedBPTT``, so that windows learn from what follows.

    The predictor sees all arrays of the state, each (layers, N, size), side by side. It learns the gradient that the
    next window hands back to its beginning, which holds that window's own synthetic gradient: so what lies many
    windows ahead is learnt step by step.

    Source: Jaderberg et al. 2017, section 2.2 and figure 3.

    Example:
        >>> from chainrule.backprop import SyntheticBoundary, SyntheticGradient, TruncatedBPTT, predictor_network
        >>> from chainrule.models.zoo import char_rnn
        >>> model, network = char_rnn(5, hidden=8, cell="GRU"), predictor_network(8)
        >>> boundary = SyntheticBoundary(SyntheticGradient(network, Adam(network.parameters())))
        >>> bptt = TruncatedBPTT(model, CrossEntropyLoss(), Adam(model.parameters()), k1=4, boundary=boundary)
        >>> x = np.random.default_rng(0).integers(0, 5, (3, 21))
        >>> bptt.epoch(x[:, :-1], x[:, 1:]) < 2
        True
    """

    def __init__(self, predictor: SyntheticGradient) -> None:
        self.predictor = predictor

    def gradient(self, state: State) -> tuple[Array | None, ...]:
        """Return the predicted gradient for every array of the state."""
        grad = self.predictor.gradient(_rows(state), None)
        sizes = [each.shape[0] * each.shape[2] for each in state]
        parts = np.split(grad, np.cumsum(sizes)[:-1], axis=1)
        return tuple(part.reshape(len(part), len(each), -1).swapaxes(0, 1)
                     for part, each in zip(parts, state, strict=True))

    def learn(self, state: State, grads: tuple[Array | None, ...]) -> None:
        """Learn that this was the gradient for the state at the beginning of a window."""
        filled = tuple(np.zeros_like(each) if grad is None else grad for each, grad in zip(state, grads, strict=True))
        self.predictor.gradient(_rows(state), None)
        self.predictor.learn(_rows(filled), None)


def _rows(state: State) -> Array:
    """(layers, N, size) of every array -> (N, sum of layers·size)."""
    return np.concatenate([each.swapaxes(0, 1).reshape(each.shape[1], -1) for each in state], axis=1)
