"""Wrong forwards of affine maps and tables."""

from typing import Any

import numpy as np

from ....layers import Bilinear, Embedding, Linear, MatMul, Maxout
from ....layers.core import Array
from ..mutant import Subject
from .changed import instead

__all__ = ["SUBJECTS"]

linear = Subject(Linear, lambda: Linear(4, 3), ((5, 4),))
square = Subject(Linear, lambda: Linear(4, 4), ((5, 4),))
bilinear = Subject(Bilinear, lambda: Bilinear(3, 3, 4), ((5, 3), (5, 3)))
matmul = Subject(MatMul, MatMul, ((2, 3, 3), (2, 3, 3)))
table = Subject(Embedding, lambda: Embedding(7, 3), (np.array([[1, 4], [5, 1], [0, 2], [1, 3]]),), has_input_grad=False)
maxout = Subject(Maxout, lambda: Maxout(4, 3, k=3), ((5, 4),))

SUBJECTS = (linear, square, bilinear, matmul, table, maxout)


@linear.wrong("path", method="forward")
def bias_not_added(self: Linear, x: Array) -> Array:
    """The bias is never added to the product."""
    return instead(Linear, self, x, x @ self.weight.data.T)


@linear.wrong("sign", method="forward")
def bias_subtracted(self: Linear, x: Array) -> Array:
    """The bias is subtracted from the product."""
    bias = 0 if self.bias is None else self.bias.data
    return instead(Linear, self, x, x @ self.weight.data.T - bias)


@linear.wrong("factor", method="forward")
def bias_added_twice(self: Linear, x: Array) -> Array:
    """The bias is added two times, once in the product and once after it."""
    bias = 0 if self.bias is None else self.bias.data
    return instead(Linear, self, x, x @ self.weight.data.T + 2 * bias)


@linear.wrong("mean", method="forward")
def product_averaged(self: Linear, x: Array) -> Array:
    """The products are averaged over the input features instead of summed."""
    bias = 0 if self.bias is None else self.bias.data
    return instead(Linear, self, x, x @ self.weight.data.T / self.in_features + bias)


@square.wrong("order", method="forward")
def weight_not_transposed(self: Linear, x: Array) -> Array:
    """The input is multiplied by weight where it must be weight.T: the weight is (out_features, in_features)."""
    bias = 0 if self.bias is None else self.bias.data
    return instead(Linear, self, x, x @ self.weight.data + bias)


@bilinear.wrong("order", method="forward")
def inputs_exchanged_in_forward(self: Bilinear, x1: Array, x2: Array) -> Array:
    """The first input meets the second axis of the matrices, and the second input the first."""
    bias = 0 if self.bias is None else self.bias.data
    return instead(Bilinear, self, (x1, x2), np.einsum("ni,oij,nj->no", x2, self.weight.data, x1) + bias)


@bilinear.wrong("path", method="forward")
def bias_of_the_form_not_added(self: Bilinear, x1: Array, x2: Array) -> Array:
    """The bias is never added."""
    return instead(Bilinear, self, (x1, x2), np.einsum("ni,oij,nj->no", x1, self.weight.data, x2))


@matmul.wrong("order", method="forward")
def factors_exchanged(self: MatMul, a: Array, b: Array) -> Array:
    """The product is b @ a; matrices do not commute."""
    return instead(MatMul, self, (a, b), b @ a)


@matmul.wrong("formula", method="forward")
def multiplied_element_by_element(self: MatMul, a: Array, b: Array) -> Array:
    """The factors are multiplied element by element, with * where @ belongs."""
    return instead(MatMul, self, (a, b), a * b)


@table.wrong("order", method="forward")
def rows_counted_from_one(self: Embedding, indices: Array) -> Array:
    """The rows are counted from one, so that each look-up finds the row before."""
    return instead(Embedding, self, indices, self.weight.data[indices - 1])


@table.wrong("factor", method="forward")
def rows_scaled(self: Embedding, indices: Array) -> Array:
    """The rows are multiplied by the root of their length, which only some transformers do, after the look-up."""
    return instead(Embedding, self, indices, self.weight.data[indices] * np.sqrt(self.weight.shape[1]))


@maxout.wrong("mean", method="forward")
def mean_of_the_maps(self: Maxout, x: Array) -> Any:
    """The maps are averaged where the largest must win."""
    pieces = Linear.forward(self.linear, x).reshape(len(x), -1, self.k)
    right = Maxout.forward(self, x)
    return np.asarray(min((pieces.mean(axis=-1), pieces.reshape(len(x), self.k, -1).mean(axis=1)),
                          key=lambda mean: float(np.abs(mean - right).sum()))).astype(right.dtype)
