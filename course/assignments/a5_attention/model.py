"""A small transformer of your blocks; it is given."""

import numpy as np

from chainrule.layers import LearnedPositions, Linear
from chainrule.layers.core import Layer, call, call_back

from attention import LayerNorm
from transformer import Block


class Transformer(Layer):
    """Symbols become vectors, positions are added, blocks work on them, and each place gets a score for each symbol.

    Shapes:
        x: (N, L), whole numbers below ``symbols``
        y: (N, L, symbols)
    """

    def __init__(self, symbols, length, size, heads, blocks, is_causal=False):
        self.symbols = symbols
        self.steps = [Linear(symbols, size), LearnedPositions(length, size),
                      *(Block(size, heads, 4 * size, is_causal) for _ in range(blocks)),
                      LayerNorm(size), Linear(size, symbols)]

    def forward(self, x):
        """Return the scores; each symbol goes in as one 1 among zeros."""
        x, entries = np.eye(self.symbols, dtype=np.float32)[x], []
        for layer in self.steps:
            x, entry = call(layer, x)
            entries.append(entry)
        self.cache = entries
        return x

    def backward(self, grad_out):
        """Let all parameters get their gradients; whole numbers have none."""
        for layer, entry in zip(reversed(self.steps), reversed(self.saved()), strict=True):
            grad_out = call_back(layer, entry, grad_out)
