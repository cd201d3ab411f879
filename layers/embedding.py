"""A table of vectors, looked up by index: its gradient touches only the rows that were looked up."""

from math import prod
from typing import Any, NamedTuple, Self

import numpy as np

from .core import (
    Array,
    Description,
    DtypeError,
    Kept,
    Layer,
    Parameter,
    Shape,
    Size,
    ValueRangeError,
    check_range,
    check_shape,
    check_size,
    default_rng,
)
from .kernels import add_at, empty

__all__ = ["Embedding", "check_indices", "checked_padding", "renormalize", "rows_so_far"]


class EmbeddingCache(NamedTuple):
    """Which rows were looked up."""

    indices: Array


class Embedding(Layer):
    """Rows of a table, ``y[…] = weight[indices[…]]``.

    Shapes:
        indices: any, whole numbers below num_embeddings
        weight:  (num_embeddings, embedding_dim)
        y:       (*indices.shape, embedding_dim)

    Gradients:
        grad_weight[r] = sum of grad_out where indices == r; none for padding_idx; the indices have no gradient.
        With ``scale_grad_by_freq`` each row's is divided by how often the row was looked up.
        With ``sparse`` the touched rows are named in ``weight.rows``, for optimisers that skip the others.

    Cost: no multiply-adds; keeps ``indices``.

    Raises: DtypeError for indices that are no whole numbers, ValueRangeError for one out of range.

    Source: Bengio, Ducharme, Vincent & Jauvin 2003; arguments of torch.nn.Embedding. ``max_norm`` shortens longer rows
    in place when they are looked up.

    Example:
        >>> Embedding(10, 3).forward(np.array([[1, 2], [2, 9]])).shape
        (2, 2, 3)
    """

    def __init__(self, num_embeddings: Size, embedding_dim: Size, padding_idx: int | None = None,
                 max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                 sparse: bool = False, *, rng: np.random.Generator | None = None) -> None:
        self.num_embeddings = check_size(num_embeddings, "num_embeddings", "Embedding")
        self.embedding_dim = check_size(embedding_dim, "embedding_dim", "Embedding")
        self.padding_idx = checked_padding(padding_idx, num_embeddings, "Embedding")
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        self.weight = Parameter(default_rng(rng).standard_normal((num_embeddings, embedding_dim)))
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0

    @classmethod
    def from_pretrained(cls, embeddings: Array, freeze: bool = True, padding_idx: int | None = None,
                        max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                        sparse: bool = False) -> Self:
        """Return a layer with a copy of ``embeddings`` for its table, not to be trained unless ``freeze=False``."""
        check_shape(embeddings, ("num_embeddings", "embedding_dim"), name="embeddings", owner=cls.__name__)
        count, width = embeddings.shape
        layer = cls(count, width, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
        layer.weight = Parameter(embeddings, requires_grad=not freeze, dtype=embeddings.dtype)
        return layer

    def forward(self, indices: Array) -> Array:
        check_indices(indices, self.num_embeddings, self)
        if self.max_norm is not None:
            renormalize(self.weight, indices, self.max_norm, self.norm_type)
        self.cache = EmbeddingCache(indices)
        y = empty((*indices.shape, self.embedding_dim), self.weight.dtype)
        return np.take(self.weight.data, indices, axis=0, out=y, mode="clip")       # checked; "raise" would copy

    def backward(self, grad_out: Array) -> None:
        rows = rows_so_far(self.weight)
        indices = self.saved().indices
        check_shape(grad_out, (*indices.shape, self.embedding_dim), name="grad_out", owner=self)
        if self.weight.requires_grad:
            add_at(self.weight.grad, indices.ravel(), grad_out.reshape(-1, self.embedding_dim), self._shares(indices))
            self.weight.rows = np.union1d(rows, indices) if self.sparse and rows is not None else None

    def jvp(self, indices_dot: None = None) -> Array | None:
        indices = self.point().indices
        self.tangent = ()
        return None if self.weight.dot is None else np.take(self.weight.dot, indices, axis=0)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[None, None]:
        self.saved_tangent()
        self.backward(grad_out)
        if grad_out_dot is not None and self.weight.requires_grad:
            indices = self.cache.indices
            add_at(self.weight.grad_dot, indices.ravel(), grad_out_dot.reshape(-1, self.embedding_dim),
                   self._shares(indices))
        return None, None

    def describe(self, *x_shapes: Shape) -> Description:
        """A look-up computes nothing."""
        (x_shape,) = x_shapes
        return self.description((*x_shape, self.embedding_dim),
                                kept=(Kept("x0", prod(x_shape), np.dtype(np.int64).itemsize),))

    def _shares(self, indices: Array) -> Array | None:
        """Return how much the gradient of every looked-up row counts; None where all count one."""
        if not self.scale_grad_by_freq and self.padding_idx is None:
            return None
        flat = indices.ravel()
        shares = np.ones(flat.size, self.weight.dtype)
        if self.scale_grad_by_freq:
            shares /= np.bincount(flat, minlength=self.num_embeddings)[flat]
        if self.padding_idx is not None:
            shares[flat == self.padding_idx] = 0
        return shares


def checked_padding(padding_idx: int | None, count: int, owner: str) -> int | None:
    """Return the padding index counted from the beginning."""
    if padding_idx is None:
        return None
    check_range(padding_idx, -count, count - 1, name="padding_idx", owner=owner)
    return padding_idx % count


def check_indices(indices: Any, count: int, owner: Layer, name: str = "indices") -> None:
    """Raise unless ``indices`` is an array of whole numbers from 0 to ``count`` - 1."""
    if not isinstance(indices, np.ndarray) or indices.dtype.kind not in "iu":
        got = indices.dtype if isinstance(indices, np.ndarray) else type(indices).__name__
        raise DtypeError(f"{owner.title} expected {name} as a NumPy array of whole numbers, got {got}; "
                         f"convert it with np.asarray({name}, np.int64)")
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        wrong = (indices < 0) | (indices >= count)
        where = tuple(int(axis) for axis in np.argwhere(wrong)[0])
        raise ValueRangeError(f"{owner.title} expected {name} from 0 to {count - 1}, got {indices[where]} at {where}")


def renormalize(weight: Parameter, indices: Array, max_norm: float, norm_type: float) -> None:
    """Shorten, in place, those looked-up rows whose norm is larger than ``max_norm``."""
    rows = np.unique(indices)
    norms = np.linalg.norm(weight.data[rows], ord=norm_type, axis=1)
    long = norms > max_norm
    weight.data[rows[long]] *= (max_norm / (norms[long] + 1e-7))[:, None].astype(weight.dtype)


def rows_so_far(weight: Parameter) -> Array | None:
    """Return the rows of the gradient that may be non-zero, before ``saved()`` counts this pass; None: all of them."""
    return weight.rows if weight.reached else np.empty(0, np.int64)
