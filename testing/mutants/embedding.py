"""Wrong backwards of tables and of sparse rows."""

from typing import Any

import numpy as np

from ...layers import Embedding, EmbeddingBag, IndexLinear, SparseLinear
from ...layers.core import Array
from ...layers.core.optional import scipy
from .mutant import Subject

__all__ = ["SUBJECTS"]

indices = np.array([[1, 4], [5, 1], [6, 2], [1, 3]])


def sparse_rows() -> tuple[Any]:
    """Return five sparse rows, one of them empty, in which features come back and some entries stand twice."""
    rng = np.random.default_rng(0)
    values, features, offsets = rng.standard_normal(24), rng.integers(0, 9, 24), np.array([0, 7, 7, 12, 19, 24])
    return (scipy.sparse.csr_array((values, features, offsets), shape=(5, 9)),)


table = Subject(Embedding, lambda: Embedding(7, 3), (indices,), has_input_grad=False)
mean = Subject(EmbeddingBag, lambda: EmbeddingBag(7, 3, padding_idx=5), (indices,))
largest = Subject(EmbeddingBag, lambda: EmbeddingBag(7, 3, mode="max"), (indices,))
weighted = Subject(EmbeddingBag, lambda: EmbeddingBag(7, 3, mode="sum"), (indices, None, (4, 2)))
sparse = Subject(SparseLinear, lambda: SparseLinear(9, 3), sparse_rows, has_input_grad=False)
scaled = Subject(IndexLinear, lambda: IndexLinear(9, 3, max_normalize=True), sparse_rows, has_input_grad=False)

SUBJECTS = (table, mean, largest, weighted, sparse, scaled)


def add_to_rows(grad: Array, rows: Array, values: Array) -> None:
    """Add values to rows of a gradient, also to rows that come more than once."""
    np.add.at(grad, rows.ravel(), values.reshape(-1, grad.shape[1]).astype(grad.dtype))


@table.wrong("accumulate")
def repeated_rows_counted_once(self: Embedding, grad_out: Array) -> None:
    """``grad[indices] += grad_out`` adds only once to a row that was looked up several times."""
    before = self.weight.grad.copy()
    Embedding.backward(self, grad_out)
    if self.weight.requires_grad:
        self.weight.grad = before
        self.weight.grad[self.cache.indices] += grad_out


@table.wrong("order")
def gradient_to_the_row_above(self: Embedding, grad_out: Array) -> None:
    """Indices are counted from one, so each row gets the gradient of the next."""
    before = self.weight.grad.copy()
    Embedding.backward(self, grad_out)
    if self.weight.requires_grad:
        self.weight.grad = before + np.roll(self.weight.grad - before, -1, axis=0)


@table.wrong("mean")
def divided_by_the_count(self: Embedding, grad_out: Array) -> None:
    """A row gets the mean over its look-ups, as with scale_grad_by_freq, which was not asked for."""
    before = self.weight.grad.copy()
    Embedding.backward(self, grad_out)
    if self.weight.requires_grad:
        counts = np.bincount(self.cache.indices.ravel(), minlength=self.num_embeddings)
        self.weight.grad = before + (self.weight.grad - before) / np.maximum(counts, 1)[:, None]


@table.wrong("batch")
def last_look_ups_left_out(self: Embedding, grad_out: Array) -> None:
    """Only the first look-up of every row of indices gets its gradient."""
    cut = grad_out.copy()
    cut[:, 1:] = 0
    Embedding.backward(self, cut)


@mean.wrong("mean")
def sum_in_place_of_the_mean(self: EmbeddingBag, grad_out: Array) -> Any:
    """Every row of a bag gets the whole gradient, where it has only its share in the mean."""
    cache = self.saved()
    self.cache = cache._replace(share=(cache.share > 0).astype(cache.share.dtype))
    result = EmbeddingBag.backward(self, grad_out)
    self.cache = cache
    return result


@mean.wrong("mask")
def padding_counts_in_the_bag(self: EmbeddingBag, grad_out: Array) -> Any:
    """The mean leaves padding out, but the gradient is divided by the size of the bag with it."""
    cache = self.saved()
    size = np.bincount(cache.bag)[cache.bag]
    self.cache = cache._replace(share=((cache.share > 0) / size).astype(cache.share.dtype))
    result = EmbeddingBag.backward(self, grad_out)
    self.cache = cache
    return result


@mean.wrong("mask")
def padding_gets_a_gradient(self: EmbeddingBag, grad_out: Array) -> Any:
    """The row that fills bags up is left out of the mean, and is trained nevertheless."""
    result = EmbeddingBag.backward(self, grad_out)
    if self.weight.requires_grad:
        padded = self.cache.bag[self.cache.indices == self.padding_idx]
        self.weight.grad[self.padding_idx] += grad_out[padded].sum(axis=0)
    return result


@mean.wrong("order")
def gradient_of_the_next_bag(self: EmbeddingBag, grad_out: Array) -> Any:
    """The bags are counted from one, so each gets the gradient of the next."""
    return EmbeddingBag.backward(self, np.roll(grad_out, -1, axis=0))


@largest.wrong("mask")
def gradient_to_the_whole_bag(self: EmbeddingBag, grad_out: Array) -> Any:
    """All rows of a bag get the gradient, also those that lost."""
    cache = self.saved()
    self.cache = cache._replace(winner=None)
    result = EmbeddingBag.backward(self, grad_out)
    self.cache = cache
    return result


@largest.wrong("mask")
def one_winner_for_all_columns(self: EmbeddingBag, grad_out: Array) -> Any:
    """The maximum is taken column by column, but the gradient goes to the row that won the first."""
    cache = self.saved()
    self.cache = cache._replace(winner=np.repeat(cache.winner[:, :1], self.embedding_dim, axis=1))
    result = EmbeddingBag.backward(self, grad_out)
    self.cache = cache
    return result


@weighted.wrong("factor")
def weights_of_the_samples_forgotten(self: EmbeddingBag, grad_out: Array) -> Any:
    """The rows were weighted on the way forward, and must be on the way back."""
    cache = self.saved()
    self.cache = cache._replace(share=np.ones_like(cache.share))
    result = EmbeddingBag.backward(self, grad_out)
    self.cache = cache
    return result


@weighted.wrong("formula")
def sample_gradient_without_the_row(self: EmbeddingBag, grad_out: Array) -> Any:
    """The gradient of a sample's weight is that of the output times the row; here the row is forgotten."""
    result = EmbeddingBag.backward(self, grad_out)
    _, bag, _, _, shape, _, dtype = self.cache
    return None if result is None else (None, None, grad_out[bag].sum(axis=1).reshape(shape).astype(dtype))


@sparse.wrong("accumulate")
def repeated_features_counted_once(self: SparseLinear, grad_out: Array) -> Any:
    """``grad[indices] += …`` adds only once to a feature that several rows of the batch have."""
    before = self.weight.grad.copy()
    result = SparseLinear.backward(self, grad_out)
    if self.weight.requires_grad:
        rows = self.cache
        self.weight.grad[...] = before
        self.weight.grad[rows.indices] += rows.data[:, None] * np.repeat(grad_out, np.diff(rows.indptr), axis=0)
    return result


@sparse.wrong("factor")
def values_taken_as_one(self: SparseLinear, grad_out: Array) -> Any:
    """A feature that is there counts as one on the way back, whatever its value was."""
    result = SparseLinear.backward(self, grad_out)
    if self.weight.requires_grad:
        rows = self.cache
        add_to_rows(self.weight.grad, rows.indices,
                    (1 - rows.data)[:, None] * np.repeat(grad_out, np.diff(rows.indptr), axis=0))
    return result


@sparse.wrong("batch")
def entries_assigned_to_the_row_before(self: SparseLinear, grad_out: Array) -> Any:
    """The offsets are read as the ends of the rows, so every entry meets the gradient of the row before its own."""
    result = SparseLinear.backward(self, grad_out)
    if self.weight.requires_grad:
        rows, wrong = self.cache, np.roll(grad_out, 1, axis=0) - grad_out
        add_to_rows(self.weight.grad, rows.indices,
                    rows.data[:, None] * np.repeat(wrong, np.diff(rows.indptr), axis=0))
    return result


@scaled.wrong("path")
def maximum_taken_as_constant(self: IndexLinear, grad_out: Array) -> Any:
    """The value that has just become the maximum scales all others of its feature; that path is missing."""
    grad_x, (_, _, winner, _) = IndexLinear.backward(self, grad_out), self.cache
    if grad_x is not None:
        grad_x.data[winner[winner >= 0]] = 0
    return grad_x


@scaled.wrong("mode")
def clipped_values_get_a_gradient(self: IndexLinear, grad_out: Array) -> Any:
    """A value beyond the maximum known in evaluation is cut to ±1, where it has no influence any more."""
    grad_x, (x_hat, scale, winner, _) = IndexLinear.backward(self, grad_out), self.cache
    if grad_x is not None and (winner < 0).all():
        clipped = np.abs(x_hat.data) == 1
        through = np.einsum("id,id->i", np.repeat(grad_out, np.diff(x_hat.indptr), axis=0),
                            self.weight.data[x_hat.indices]) / scale[x_hat.indices]
        grad_x.data[clipped] = through[clipped]
    return grad_x


@scaled.wrong("factor")
def scale_forgotten(self: IndexLinear, grad_out: Array) -> Any:
    """The gradient of the scaled value is handed on as that of the value itself."""
    grad_x, (x_hat, scale, _, _) = IndexLinear.backward(self, grad_out), self.cache
    if grad_x is not None:
        grad_x.data[...] *= scale[x_hat.indices]
    return grad_x
