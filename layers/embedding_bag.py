"""Embedding rows summed up by bags, without writing the rows down one by one."""

from typing import Annotated, Any, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Kept,
    Layer,
    OneOf,
    Parameter,
    Shape,
    ShapeError,
    Size,
    ValueRangeError,
    as_dtype,
    check_choice,
    check_shape,
    check_size,
    default_rng,
    show_shape,
    total,
)
from .core.optional import scipy
from .embedding import check_indices, checked_padding, renormalize, rows_so_far
from .kernels import add_at

__all__ = ["EmbeddingBag"]


class EmbeddingBagCache(NamedTuple):
    """The looked-up rows and their bags, what each counts, and, for the maximum, which look-up won each value."""

    indices: Array
    bag: Array
    share: Array
    winner: Array | None
    shape: Shape
    bags: int
    sample_dtype: np.dtype[np.generic] | None


class EmbeddingBag(Layer):
    """Sum, mean or maximum over bags of rows, ``y[b] = sum over i in bag b of share[i] * weight[indices[i]]``.

    Shapes:
        indices:            (N, L), every row a bag, or (L,) cut into bags at ``offsets``
        offsets:            (B,), where each bag begins; with include_last_offset also the end of the last
        per_sample_weights: as indices, only with mode "sum"
        weight:             (num_embeddings, embedding_dim)
        y:                  (B, embedding_dim), zero for an empty bag

    Gradients:
        grad_weight[r] = sum over i with indices[i] == r of share[i] * grad_out[bag of i]
        grad_per_sample_weights[i] = grad_out[bag of i] · weight[indices[i]]
        ``share`` is 1, 1 / size of the bag, or the sample's weight; with "max" 1 where the value won; 0 for padding.

    Cost: one multiply-add per looked-up value; keeps the indices.

    Raises: as Embedding.

    Source: torch.nn.EmbeddingBag; Joulin, Grave, Bojanowski & Mikolov 2017 (bags of words).

    Example:
        >>> bag = EmbeddingBag(10, 3, mode="sum")
        >>> bag.forward(np.array([1, 2, 4]), np.array([0, 2])).shape
        (2, 3)
    """

    def __init__(self, num_embeddings: Size, embedding_dim: Size, max_norm: float | None = None, norm_type: float = 2.0,
                 scale_grad_by_freq: bool = False, mode: Annotated[str, OneOf("sum", "mean", "max")] = "mean",
                 sparse: bool = False, include_last_offset: bool = False, padding_idx: int | None = None, *,
                 rng: np.random.Generator | None = None) -> None:
        self.num_embeddings = check_size(num_embeddings, "num_embeddings", "EmbeddingBag")
        self.embedding_dim = check_size(embedding_dim, "embedding_dim", "EmbeddingBag")
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.mode = check_choice(mode, ("sum", "mean", "max"), name="mode", owner="EmbeddingBag")
        self.sparse = sparse
        self.include_last_offset = include_last_offset
        self.padding_idx = checked_padding(padding_idx, num_embeddings, "EmbeddingBag")
        if scale_grad_by_freq and mode == "max":
            raise ValueRangeError("EmbeddingBag expected scale_grad_by_freq=False with mode='max', got True")
        self.weight = Parameter(default_rng(rng).standard_normal((num_embeddings, embedding_dim)))
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0

    def forward(self, indices: Array, offsets: Array | None = None, per_sample_weights: Array | None = None) -> Array:
        check_indices(indices, self.num_embeddings, self)
        if per_sample_weights is not None:
            check_shape(per_sample_weights, indices.shape, name="per_sample_weights", owner=self)
            if self.mode != "sum":
                raise ValueRangeError(f"EmbeddingBag expected per_sample_weights only with mode='sum', "
                                      f"got mode={self.mode!r}")
        if self.max_norm is not None:
            renormalize(self.weight, indices, self.max_norm, self.norm_type)
        bag, bags = self._bags(indices, offsets)
        flat = indices.ravel()
        counted = np.ones(flat.size, bool) if self.padding_idx is None else flat != self.padding_idx
        share = as_dtype(counted, self.weight.dtype)
        if self.mode == "mean":
            share /= np.maximum(np.bincount(bag, counted, bags), 1)[bag].astype(share.dtype)
        if per_sample_weights is not None:
            share = share * as_dtype(per_sample_weights.ravel(), share.dtype)
        winner = self._winners(flat, bag, bags, counted) if self.mode == "max" else None
        self.cache = EmbeddingBagCache(flat, bag, share, winner, indices.shape, bags,
                                       None if per_sample_weights is None else per_sample_weights.dtype)
        return self._sums(self.weight.data, share)

    def backward(self, grad_out: Array) -> tuple[None, None, Array] | None:
        rows = rows_so_far(self.weight)
        flat, _, _, _, _, bags, sample_dtype = self.saved()
        check_shape(grad_out, (bags, self.embedding_dim), name="grad_out", owner=self)
        if self.weight.requires_grad:
            self._spread(self.weight.grad, grad_out, self.cache.share)
            self.weight.rows = np.union1d(rows, flat) if self.sparse and rows is not None else None
        if sample_dtype is None or not self.needs_input_grad:
            return None
        return None, None, self._along_rows(grad_out, self.weight.data)

    def jvp(self, *x_dot: Array | None) -> Array | None:
        _, _, share, _, _, _, sample_dtype = self.point()
        share_dot = None
        if sample_dtype is not None and len(x_dot) > 2 and x_dot[2] is not None:
            share_dot = self._counted(as_dtype(x_dot[2].ravel(), share.dtype))
        self.tangent = (share_dot,)
        return total(None if self.weight.dot is None else self._sums(self.weight.dot, share),
                     None if share_dot is None else self._sums(self.weight.data, share_dot))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        (share_dot,), grads = self.saved_tangent(), self.backward(grad_out)
        for grad, share in ((grad_out_dot, self.cache.share), (grad_out, share_dot)):
            if self.weight.requires_grad and grad is not None and share is not None:
                self._spread(self.weight.grad_dot, grad, share)
        if grads is None:
            return None, None
        return grads, (None, None, total(
            None if grad_out_dot is None else self._along_rows(grad_out_dot, self.weight.data),
            None if self.weight.dot is None else self._along_rows(grad_out, self.weight.dot)))

    def describe(self, *x_shapes: Shape) -> Description:
        """Every looked-up row is added once."""
        indices, *rest = x_shapes
        if len(rest) > 1:
            check_shape(rest[1], indices, name="per_sample_weights", owner=self)
        bags = indices[0] if len(indices) == 2 else rest[0][0] - self.include_last_offset
        count, width = int(np.prod(indices)), np.dtype(np.int64).itemsize
        winners = (Kept("winner", bags * self.embedding_dim, width),) if self.mode == "max" else ()
        kept = Kept("x0", count, width), Kept("bag", count, width), Kept("share", count), *winners
        return self.description((bags, self.embedding_dim), multiply_adds=count * self.embedding_dim, kept=kept)

    def _bags(self, indices: Array, offsets: Array | None) -> tuple[Array, int]:
        """Return the bag of every index, and how many bags there are."""
        if indices.ndim == 2 and offsets is None:
            return np.repeat(np.arange(len(indices)), indices.shape[1]), len(indices)
        if indices.ndim != 1 or offsets is None:
            raise ShapeError(f"{self.title} expected indices of shape (N, L) alone or (L,) with offsets, "
                             f"got {show_shape(indices.shape)} {'with' if offsets is not None else 'without'} offsets")
        check_indices(offsets, indices.size + 1, self, "offsets")
        starts = offsets[:-1] if self.include_last_offset else offsets
        if offsets.ndim != 1 or not len(starts) or offsets[0] != 0 or (np.diff(offsets) < 0).any():
            raise ValueRangeError(f"{self.title} expected offsets that begin with 0 and never fall, got {offsets}")
        sizes = np.diff(np.append(starts, offsets[-1] if self.include_last_offset else indices.size))
        return np.repeat(np.arange(len(starts)), sizes), len(starts)

    def _counted(self, values: Array) -> Array:
        """Return values of the look-ups, zero where a look-up is padding."""
        return values if self.padding_idx is None else np.where(self.cache.indices == self.padding_idx, 0, values)

    def _along_rows(self, grad_out: Array, table: Array) -> Array:
        """Return the gradient of the samples' weights."""
        flat, bag, _, _, shape, _, sample_dtype = self.cache
        along = self._counted(np.einsum("id,id->i", grad_out[bag], table[flat]))
        return as_dtype(along.reshape(shape), sample_dtype)

    def _sums(self, table: Array, share: Array) -> Array:
        flat, bag, _, winner, _, bags, _ = self.cache
        if winner is not None:
            won = table[flat[winner], np.arange(self.embedding_dim)] if flat.size else np.zeros(winner.shape)
            return as_dtype(np.where(winner >= 0, won, 0), table.dtype)
        summing = scipy.sparse.csr_array((share, (bag, np.arange(flat.size))), shape=(bags, flat.size))
        return np.asarray(summing @ table[flat])

    def _winners(self, flat: Array, bag: Array, bags: int, counted: Array) -> Array:
        """Return which look-up is the first largest of every bag and column; -1 for empty bags."""
        winner = np.full((bags, self.embedding_dim), -1)
        members = np.flatnonzero(counted)
        if members.size:        # the look-ups of a bag stand together
            values, owners = self.weight.data[flat[members]], bag[members]
            starts = np.flatnonzero(np.diff(owners, prepend=-1))
            largest = np.repeat(np.maximum.reduceat(values, starts), np.diff(starts, append=members.size), axis=0)
            won = (values == largest) | np.isnan(values)
            places = np.where(won, np.arange(members.size)[:, None], members.size)
            winner[owners[starts]] = members[np.minimum.reduceat(places, starts)]
        return winner

    def _spread(self, grad: Array, grad_out: Array, share: Array) -> None:
        flat, bag, _, winner, _, _, _ = self.cache
        if winner is not None:
            place = np.nonzero(winner >= 0)
            np.add.at(grad, (flat[winner[place]], place[1]), grad_out[place])
            return
        if self.scale_grad_by_freq:
            share = share / np.bincount(flat, minlength=self.num_embeddings)[flat]
        add_at(grad, flat, grad_out[bag], share)
