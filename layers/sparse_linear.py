"""Affine map of rows that are mostly zero, such as bags of words."""

import numpy as np

from .core import Array, total
from .sparse_rows import Rows, SparseAffine, add_product, sampled, with_values

__all__ = ["SparseLinear"]


class SparseLinear(SparseAffine):
    """Affine map of rows that are mostly zero, ``y = x @ weight + bias``.

    ``x`` is any SciPy sparse array, converted to CSR. ``weight`` has a row for each feature, so that a batch reads and
    writes whole rows, and names those it touched in ``weight.rows``.

    Shapes:
        x:      (N, in_features), a scipy.sparse array or matrix
        weight: (in_features, out_features), the transpose of Linear's
        bias:   (out_features,)
        y:      (N, out_features), dense

    Gradients:
        grad_weight[f] = sum over n of x[n, f] * grad_out[n], for the features f that the batch has
        grad_x[n, f]   = grad_out[n] · weight[f], for the stored entries: sparse, with the structure of x in CSR
        grad_bias      = grad_out, summed over the rows

    Cost: out_features multiply-adds per stored value, twice that backward; keeps ``x``.

    Raises: DtypeError for a dense x.

    Source: SparseLinear of THNN; numbers of torch.sparse.mm.

    Example:
        >>> import scipy
        >>> SparseLinear(1000, 2).forward(scipy.sparse.random_array((4, 1000), dtype=np.float32)).shape
        (4, 2)
    """

    locally_linear = True

    def jvp(self, x_dot: Rows) -> Array | None:
        x, weight_dot = self.point(), self.weight.dot
        bias_dot = None if self.bias is None else self.bias.dot
        self.tangent = (x_dot,)
        return total(None if x_dot is None else x_dot @ self.weight.data,
                     None if weight_dot is None else x @ weight_dot,
                     None if bias_dot is None else np.broadcast_to(bias_dot, (x.shape[0], self.out_features)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Rows, Rows]:
        (x_dot,) = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x, weight_dot = self.point(), self.weight.dot
        for left, right in ((x, grad_out_dot), (x_dot, grad_out)):
            if self.weight.requires_grad and left is not None and right is not None:
                add_product(self.weight.grad_dot, left, right)
        if self.bias is not None and self.bias.requires_grad and grad_out_dot is not None:
            self.bias.grad_dot += grad_out_dot.sum(axis=0)
        dot = total(None if grad_out_dot is None else sampled(x, grad_out_dot, self.weight.data).data,
                    None if weight_dot is None else sampled(x, grad_out, weight_dot).data)
        return grad_x, None if dot is None else with_values(x, dot)
