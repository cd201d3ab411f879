"""A block of a transformer."""

from chainrule.layers import Linear, ReLU
from chainrule.layers.core import Layer, call, call_back

from attention import LayerNorm, SelfAttention


class Block(Layer):
    """Places look at each other, then each thinks for itself; both times there is a way around.

    Formula: z = x + attention(norm1(x))
             y = z + linear2(activation(linear1(norm2(z))))

    Shapes:
        x, z, y: (N, L, size)

    Gradients:
        grad_z = grad_out + what comes back through norm2 … linear2
        grad_x = grad_z + what comes back through norm1 and attention

    Cache: two lists of entries, those of the calls of norm1 and attention, and those from norm2 to linear2
    """

    def __init__(self, size, heads, hidden, is_causal=False):
        self.norm1, self.attention = LayerNorm(size), SelfAttention(size, heads, is_causal)
        self.norm2, self.linear1, self.activation, self.linear2 = \
            LayerNorm(size), Linear(size, hidden), ReLU(), Linear(hidden, size)

    def forward(self, x):
        """Return ``y``."""
        # BEGIN SOLUTION
        branches = []
        for steps in self.branches():
            inside, entries = x, []
            for layer in steps:
                inside, entry = call(layer, inside)
                entries.append(entry)
            x = x + inside
            branches.append(entries)
        self.cache = branches
        return x
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``; the parameters get theirs on the way."""
        # BEGIN SOLUTION
        for steps, entries in zip(reversed(self.branches()), reversed(self.saved()), strict=True):
            inside = grad_out
            for layer, entry in zip(reversed(steps), reversed(entries), strict=True):
                inside = call_back(layer, entry, inside)
            grad_out = grad_out + inside
        return grad_out
        # END SOLUTION

    def branches(self):
        """Return the layers on the two ways that lead through layers, in their order."""
        return [[self.norm1, self.attention], [self.norm2, self.linear1, self.activation, self.linear2]]
