"""Target propagation: layers are told what they should have answered, found by inverses learnt along the way."""

from collections.abc import Iterable
from copy import deepcopy
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ...layers import Elementwise, Linear
from ...layers.core import (
    Array,
    Entry,
    Layer,
    NonNegative,
    Positive,
    ValueRangeError,
    call,
    call_back,
    check_range,
    default_rng,
    inference,
    replay,
)
from ...models import Sequential
from .rule import LearningRule

__all__ = ["TargetPropagation"]


class Passed(NamedTuple):
    """What every block was given and left, and the calls."""

    inputs: tuple[Array, ...]
    entries: tuple[Entry, ...]


class TargetPropagation(LearningRule):
    """A Sequential in blocks, each with a target for its output; no derivative passes from one block to another.

    The blocks begin at its Linear layers. Of the last the loss's gradient is taken, within that block; below, an
    inverse of each block says which input would have given the target, and learns by reconstructing noisy inputs.

    Gradients:
        target[last - 1] = h[last - 1] - step * N * grad,     grad that of the last block's input
        target[k - 1]    = h[k - 1] + inverse[k](target[k]) - inverse[k](h[k])
        block k learns from (h[k] - target[k]) / (step * N), where exact inverses would give a gradient
        inverse[k] learns ``((inverse[k](block[k](g)) - g)**2).sum() / 2 / N`` with g = h[k - 1] + noise

    Raises: ValueRangeError for a network that does not begin with Linear, or has one Linear alone.

    Source: Lee, Zhang, Fischer & Bengio 2015, "Difference target propagation", algorithm 1.

    Example:
        >>> from chainrule.backprop import TargetPropagation
        >>> model = TargetPropagation(Sequential(Linear(4, 8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 3)))
        >>> model.forward(np.ones((5, 4), np.float32)).shape, model.inverses[0]
        ((5, 3), Sequential(
          (0): Linear(8, 8)
          (1): Tanh()
        ))
    """

    def __init__(self, network: Layer, step: Positive = 0.1, noise: NonNegative = 0.1, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(network)
        self.step = check_range(step, 0, float("inf"), name="step", owner="TargetPropagation", open_low=True)
        self.noise = check_range(noise, 0, float("inf"), name="noise", owner="TargetPropagation")
        self.rng = default_rng(rng)
        layers = list(network) if isinstance(network, Sequential) else []
        places = [index for index, layer in enumerate(layers) if isinstance(layer, Linear)]
        if places[:1] != [0] or len(places) < 2:
            raise ValueRangeError(f"TargetPropagation expected a Sequential that begins with Linear and has two or "
                                  f"more of them, got {network!r}")
        self._blocks = [Sequential(*layers[low:high]) for low, high in pairwise([*places, len(layers)])]
        self.inverses = [Sequential(Linear(block[0].out_features, block[0].in_features, rng=rng), *_ends(below))
                         for below, block in pairwise(self._blocks[:-1])]

    def forward(self, x: Array) -> Array:
        self.cache = None
        inputs, entries = [], []
        for block in self._blocks:
            inputs.append(x)
            x, entry = call(block, x)
            entries.append(entry)
        self.cache = Passed(tuple(inputs), tuple(entries))
        return x

    def backward(self, grad_out: Array) -> None:
        """Let every block and every inverse learn; there is no gradient of the input, so return None."""
        inputs, entries = self.saved()
        scale, h = self.step * len(grad_out), inputs[-1]
        target = h - scale * call_back(self._blocks[-1], entries[-1], grad_out)
        for k in reversed(range(len(self._blocks) - 1)):
            call_back(self._blocks[k], entries[k], (h - target) / scale, needs_input_grad=False)
            if k:
                below, inverse = inputs[k], self.inverses[k - 1]
                with inference():
                    target = below + inverse.forward(target) - inverse.forward(h)
                self._teach(inverse, self._blocks[k], below)
                h = below

    def _teach(self, inverse: Sequential, block: Sequential, below: Array) -> None:
        """Let an inverse learn to reconstruct what a block was given, with noise."""
        noisy = below + (self.noise * self.rng.standard_normal(below.shape)).astype(below.dtype)
        with inference():
            seen = replay(block)(noisy)         # no second trace in running statistics
        guess, entry = call(inverse, seen)
        call_back(inverse, entry, (guess - noisy) / len(noisy), needs_input_grad=False)


def _ends(block: Iterable[Layer]) -> list[Layer]:
    """Return copies of the activations that a block ends in, so that an inverse answers in the same range."""
    return [deepcopy(layer) for layer in block if isinstance(layer, Elementwise)]
