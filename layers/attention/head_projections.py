"""From inputs to heads and back: the projections of multi-head attention, their gradients and their tangents."""

import numpy as np

from ..core import Array, Layer, Parameter, Shape, as_dtype, check_shape, total
from ..kernels import add_grad, add_matmul, matmul
from .attend import Attended, weights_shape

__all__ = ["HeadProjections"]


class HeadProjections(Layer):
    """What multi-head attention does around attention: affine maps of query, key and value, cut into heads.

    A part is query (0), key (1) or value (2); the weights of all three may lie in one parameter, in thirds of its rows.

    Gradients:
        grad_W = grad_q.T @ query, grad_b = sum(grad_q), and so for key and value

    Source: Vaswani et al. 2017, section 3.2.2.
    """

    embed_dim: int
    num_heads: int
    head_dim: int
    batch_first: bool
    add_zero_attn: bool
    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None
    _extra: int

    def _affine(self, x: Array, weight: Parameter, rows: slice, of_bias: slice) -> Array:
        """Return ``x`` projected by some rows of a weight."""
        return matmul(x, weight.data[rows].T, None if self.in_proj_bias is None else self.in_proj_bias.data[of_bias])

    def _learn(self, x: Array, grad: Array, weight: Parameter, rows: slice, of_bias: slice) -> None:
        """Add to the gradients of some rows of a weight and of the bias."""
        grad_rows, x_rows = grad.reshape(-1, grad.shape[-1]), x.reshape(-1, x.shape[-1])
        if weight.requires_grad and len(grad_rows.T) == len(weight.data):
            add_grad(weight, grad_rows.T, x_rows)
        elif weight.requires_grad:
            add_matmul(weight.grad[rows], grad_rows.T, x_rows)
        if self.in_proj_bias is not None and self.in_proj_bias.requires_grad:
            self.in_proj_bias.grad[of_bias] += grad_rows.sum(axis=0)

    def _split_back(self, x: tuple[Array, ...], heads: tuple[Array, ...]) -> list[Array]:
        """Add to the gradients of weights and biases, given those of the heads; return those of what was projected."""
        _, grad_k, grad_v = heads
        source = grad_k.shape[2] - self._extra
        for parameter, grad in ((self.bias_k, grad_k), (self.bias_v, grad_v)):
            if parameter is not None and parameter.requires_grad:
                parameter.grad += grad[:, :, source].sum(axis=0).reshape(parameter.shape)
        grads = [self._merged(grad if part == 0 else grad[:, :, :source], each.ndim)
                 for part, (each, grad) in enumerate(zip(x, heads, strict=True))]
        for part, (each, grad) in enumerate(zip(x, grads, strict=True)):
            self._learn(each, grad, *self._weight(part), self._third(part))
        return grads

    def _heads_dot(self, part: int, x: Array, x_dot: Array, extra: Parameter | None) -> Array:
        """Return the tangent of the heads of query (0), key (1) or value (2), with those behind them."""
        weight, rows = self._weight(part)
        bias = self.in_proj_bias
        moved = total(matmul(x_dot, weight.data[rows].T), None if weight.dot is None else x @ weight.dot[rows].T,
                      None if bias is None or bias.dot is None else bias.dot[self._third(part)])
        heads = self._heads(np.asarray(moved))
        if part == 0 or not self._extra:
            return heads
        ends = np.zeros((*heads.shape[:2], self._extra, heads.shape[-1]), heads.dtype)
        if extra is not None and extra.dot is not None:
            ends[:, :, 0] = extra.dot.reshape(1, self.num_heads, self.head_dim)
        return np.concatenate([heads, ends], axis=2)

    def _split_back_dot(self, part: int, x: tuple[Array, Array], grad: Array, heads_dot: Array) -> Array:
        """Add to the tangents of the gradients of a weight and a bias; return that of what was projected."""
        (weight, rows), bias, (value, dot) = self._weight(part), self.in_proj_bias, x
        extra = (None, self.bias_k, self.bias_v)[part]
        source = heads_dot.shape[2] - (self._extra if part else 0)
        if extra is not None and extra.requires_grad:
            extra.grad_dot += heads_dot[:, :, source].sum(axis=0).reshape(extra.shape)
        grad_dot = self._merged(heads_dot[:, :, :source], value.ndim)
        lead = tuple(range(value.ndim - 1))
        if weight.requires_grad:
            weight.grad_dot[rows] += np.tensordot(grad_dot, value, (lead, lead)) + np.tensordot(grad, dot, (lead, lead))
        if bias is not None and bias.requires_grad:
            bias.grad_dot[self._third(part)] += grad_dot.sum(axis=lead)
        back = matmul(grad_dot, weight.data[rows])
        return back if weight.dot is None else back + grad @ weight.dot[rows]

    def _weight(self, part: int) -> tuple[Parameter, slice]:
        """Return where the weight of query (0), key (1) or value (2) stands: a parameter and rows of it."""
        weights = [each for each in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
                   if each is not None]
        return (weights[0], self._third(part)) if len(weights) == 1 else (weights[part], slice(None))

    def _third(self, part: int) -> slice:
        return slice(part * self.embed_dim, (part + 1) * self.embed_dim)

    def _thirds(self, packed: Array) -> tuple[Array, Array, Array]:
        """Return the heads of q, k and v in an array of all three, as views."""
        q, k, v = (self._heads(packed[..., self._third(part)]) for part in range(3))
        return q, k, v

    def _lengthened(self, heads: Array, bias: Parameter | None) -> Array:
        """Return keys or values with those behind them that every query can look at."""
        more = (heads.shape[0], self.num_heads, 1, heads.shape[-1])
        ends = [] if bias is None else [np.broadcast_to(bias.data.reshape(1, *more[1:]), more)]
        ends += [np.zeros(more, heads.dtype)] if self.add_zero_attn else []
        return np.concatenate([heads, *ends], axis=2) if ends else heads

    def _heads(self, x: Array) -> Array:
        x = x[None] if x.ndim == 2 else x if self.batch_first else x.swapaxes(0, 1)
        return x.reshape(*x.shape[:-1], self.num_heads, self.head_dim).swapaxes(1, 2)      # (N, L, H·E) -> (N, H, L, E)

    def _merged(self, heads: Array, axes: int) -> Array:
        x = heads.swapaxes(1, 2).reshape(heads.shape[0], heads.shape[2], self.embed_dim)
        return x[0] if axes == 2 else x if self.batch_first else x.swapaxes(0, 1)

    def _grad_of_heads(self, grad: Array, attended: Attended, axes: int, average: bool | None) -> Array:
        """Return the gradient of the weights that went out as one that broadcasts to the weights of all heads."""
        batch, heads, length, source = weights_shape(attended.q.shape, attended.k.shape, attended.v.shape)
        shape: Shape = (length, source) if average else (heads, length, source)
        check_shape(grad, shape if axes == 2 else (batch, *shape), name="grad_weights", owner=self)
        grad = as_dtype(grad, attended.q.dtype).reshape(batch, 1 if average else heads, length, source)
        return grad / heads if average else grad
