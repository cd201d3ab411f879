"""A linear map whose backward pass propagates the largest entries of its gradient, and remembers the others."""

import numpy as np

from ...layers import Linear
from ...layers.core import Array, Buffer, as_dtype, check_range, check_shape
from .selection import Selection, how_many, select

__all__ = ["MePropLinear"]


class MePropLinear(Linear):
    """Affine map with a sparse backward pass: of ``grad_out`` only ``k`` entries of each example are propagated.

    ``k`` is a number, or a share of out_features such as 0.04. With ``unified`` the same k columns are taken for the
    whole batch, so that the products are small dense ones. With ``memory`` above zero what is not propagated is not
    lost: its sum over the batch is kept for each output, and that share of it is added the next time.

    Shapes:
        as Linear

    Gradients:
        grad       = grad_out + memory * remembered / N
        chosen     = the k largest |grad| of each row, zero elsewhere
        grad_x     = chosen @ weight;  grad_weight = chosen.T @ x;  grad_bias = grad_out, summed over rows
        remembered = (grad - chosen), summed over rows

    Cost: k / out_features of the backward products of Linear, and a search for the k largest of each row.

    Source: Sun et al. 2017, "meProp" (unified: its section 3.4); Zhang et al. 2019, "Memorized sparse
    backpropagation", with one memory for each output, since the rows of the next batch are other examples.

    Example:
        >>> from chainrule.backprop import MePropLinear
        >>> layer = MePropLinear(4, 50, k=0.04)
        >>> y = layer.forward(np.ones((3, 4), np.float32))
        >>> grad_x = layer.backward(np.random.default_rng(0).normal(size=y.shape).astype(np.float32))
        >>> bool(2 <= np.count_nonzero(layer.weight.grad.any(axis=1)) <= 6)
        True
    """

    locally_linear = False

    def __init__(self, in_features: int, out_features: int, bias: bool = True, *, k: float, unified: bool = False,
                 memory: float = 0.0, rng: np.random.Generator | None = None) -> None:
        super().__init__(in_features, out_features, bias, rng=rng)
        self.k, self.unified = k, unified
        self.memory = check_range(memory, 0, 1, name="memory", owner="MePropLinear")
        self.remembered = Buffer(np.zeros(out_features)) if memory else None
        self._count = how_many(k, out_features, "MePropLinear")

    def backward(self, grad_out: Array) -> Array | None:
        rows = self.weight.rows if self.weight.reached else np.empty(0, np.int64)      # before saved() counts this pass
        x = self.saved()
        check_shape(grad_out, (*x.shape[:-1], self.out_features), name="grad_out", owner=self)
        grad = as_dtype(grad_out.reshape(-1, self.out_features), self.weight.dtype)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad.sum(axis=0)
        chosen = self.choose(grad)
        if self.weight.requires_grad:
            chosen.add_outer(self.weight, as_dtype(x.reshape(-1, self.in_features), self.weight.dtype), rows)
        return as_dtype(chosen.times(self.weight.data).reshape(x.shape), x.dtype) if self.needs_input_grad else None

    def choose(self, grad: Array) -> Selection:
        """Return what of a gradient is propagated, and remember the rest."""
        if self.remembered is None or not len(grad):
            return select(grad, self._count, self.unified)
        grad = grad + self.remembered.data * (self.memory / len(grad))
        chosen = select(grad, self._count, self.unified)
        rest = grad.sum(axis=0)
        np.subtract.at(rest, chosen.columns if self.unified else chosen.columns.ravel(),
                       chosen.values.sum(axis=0) if self.unified else chosen.values.ravel())
        self.remembered.assign(rest)
        return chosen
