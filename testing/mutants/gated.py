"""Wrong backwards of activations with gates, thresholds and learned leaks."""

from typing import Any

import numpy as np

from ...layers import GELU, GLU, Hardtanh, PReLU, SiLU
from ...layers.core import Array
from .mutant import Subject, with_methods

__all__ = ["SUBJECTS"]

silu = Subject(SiLU, SiLU, ((5, 3),))
gelu = Subject(GELU, lambda: GELU("tanh"), ((5, 3),))
glu = Subject(GLU, lambda: GLU(1), ((4, 6),))
prelu = Subject(PReLU, lambda: PReLU(3), ((5, 3, 2),))
hard = Subject(Hardtanh, lambda: Hardtanh(-0.5, 1.0), ((5, 3),))

SUBJECTS = (silu, gelu, glu, prelu, hard)


@silu.wrong("path", method="slope")
def gate_taken_for_a_constant(self: SiLU, x: Array, y: Array) -> Array:
    """The input is in the gate as well; here its slope is the gate alone."""
    return np.asarray(1 / (1 + np.exp(-x)))


@silu.wrong("path", method="slope")
def input_taken_for_a_constant(self: SiLU, x: Array, y: Array) -> Array:
    """The gate's path is there, but that of the input it multiplies is not."""
    gate = 1 / (1 + np.exp(-x))
    return np.asarray(x * gate * (1 - gate))


@gelu.wrong("formula", method="slope")
def slope_of_the_swish(self: GELU, x: Array, y: Array) -> Array:
    """The slope is that of x * sigmoid(1.702 * x), which is close and not the same."""
    gate = 1 / (1 + np.exp(-1.702 * x))
    return np.asarray(gate + 1.702 * x * gate * (1 - gate))


@glu.wrong("order", method="_joined")
def halves_exchanged(self: GLU, grad_a: Array, grad_b: Array) -> Array:
    """The gradients of gated and gating half are put together in the wrong order."""
    return GLU._joined(self, grad_b, grad_a)


@glu.wrong("path")
def gating_half_forgotten(self: GLU, grad_out: Array) -> Any:
    """Only the half that passes through the gate gets a gradient, not the half the gate is computed from."""
    return with_methods(self, grad_out, _joined=lambda layer, grad_a, grad_b: GLU._joined(
        layer, grad_a, np.zeros_like(grad_b)))


@prelu.wrong("mask")
def leak_learns_from_all_values(self: PReLU, grad_out: Array) -> Any:
    """The leak multiplies negative values only; its gradient is taken over positive ones too."""
    before = self.weight.grad.copy()
    grad_x = PReLU.backward(self, grad_out)
    if self.weight.requires_grad:
        self.weight.grad = before + self._shared(grad_out * self.saved())
    return grad_x


@prelu.wrong("mean")
def leak_gradient_averaged(self: PReLU, grad_out: Array) -> Any:
    """A leak is shared by all places of its channel, so its gradient is their sum, not their mean."""
    before = self.weight.grad.copy()
    grad_x = PReLU.backward(self, grad_out)
    self.weight.grad = before + (self.weight.grad - before) * self.weight.size / grad_out.size
    return grad_x


@prelu.wrong("order", method="_slope")
def one_leak_for_all_channels(self: PReLU, x: Array) -> Array:
    """Every channel has a leak of its own; all go back through the first, which is right at the start of training."""
    return np.where(x > 0, 1, self.weight.data[0])


@hard.wrong("mask", method="slope")
def bounds_of_the_default(self: Hardtanh, x: Array, y: Array) -> Array:
    """The slope is one where the output lies between -1 and 1, whatever bounds were chosen."""
    return (abs(y) < 1).astype(y.dtype)
