"""Softmax over very many classes of unequal frequency: rare ones are looked up in clusters, only where needed."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, NamedTuple

import numpy as np

from ..layers import Linear, LogSoftmax
from ..layers.core import (
    Array,
    Description,
    DtypeError,
    Entry,
    Kept,
    Layer,
    Shape,
    ShapeError,
    Size,
    ValueRangeError,
    Within,
    as_dtype,
    call,
    call_back,
    check_shape,
    check_size,
    show_shape,
)
from .cross_entropy import CrossEntropyLoss

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class Visit(NamedTuple):
    """The head (part 0) or a cluster, which rows went through it, and the calls that were made."""

    part: int
    rows: Array | slice
    entries: tuple[Entry, ...]


class AdaptiveCache(NamedTuple):
    """What was visited, and the shape and dtype of the outputs."""

    visits: tuple[Visit, ...]
    shape: Shape
    dtype: np.dtype[Any]


class AdaptiveLogSoftmaxWithLoss(Layer):
    """Log-probability of the target among classes sorted by falling frequency, and the mean loss.

    The ``head`` scores the classes below ``cutoffs[0]`` and one entry for each cluster ``cutoffs[i] : cutoffs[i+1]``.
    A cluster's classes are scored by ``tail[i]``, through ``in_features // div_value**(i+1)`` features only:
    ``log p(class) = log_softmax(head(x))[entry of the cluster] + log_softmax(tail[i](x))[class in it]``.

    Shapes:
        x: (N, in_features) or (in_features,); target: (N,) or (), integers in [0, n_classes)
        output: that of target; loss: ()

    Gradients:
        grad_x from head and tail, for the gradient grad_loss / N - grad_output of -log p, as CrossEntropyLoss has it

    Cost: the head for every row, a tail only for rows whose target lies in it; keeps what these keep.

    Source: Grave, Joulin, Cissé, Grangier & Jégou 2017; torch.nn.AdaptiveLogSoftmaxWithLoss.

    Example:
        >>> layer = AdaptiveLogSoftmaxWithLoss(16, 1000, cutoffs=[10, 100])
        >>> output, loss = layer.forward(np.ones((3, 16), np.float32), np.array([2, 50, 999]))
        >>> bool(np.isclose(loss, -output.mean())), layer.log_prob(np.ones((3, 16), np.float32)).shape
        (True, (3, 1000))
    """

    forward_mode_gap = "a loss that owns the layers before it, of which every row takes other ones by its target"

    def __init__(self, in_features: Size, n_classes: Annotated[int, Within(2)], cutoffs: Sequence[int],
                 div_value: float = 4.0, head_bias: bool = False, *, rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", "AdaptiveLogSoftmaxWithLoss")
        self.n_classes = check_size(n_classes, "n_classes", "AdaptiveLogSoftmaxWithLoss", least=2)
        self.cutoffs = [check_size(cutoff, "cutoffs", "AdaptiveLogSoftmaxWithLoss") for cutoff in cutoffs]
        self.div_value = div_value
        self.head_bias = head_bias
        edges = [*self.cutoffs, n_classes]
        if len(edges) < 2 or any(low >= high for low, high in pairwise(edges)):
            raise ValueRangeError(f"AdaptiveLogSoftmaxWithLoss expected cutoffs as rising numbers from 1 to "
                                  f"{n_classes - 1}, got {self.cutoffs}")
        widths = [int(in_features // div_value**power) for power in range(1, len(edges))]
        if min(widths) < 1:
            raise ValueRangeError(f"AdaptiveLogSoftmaxWithLoss expected in_features of at least div_value to the "
                                  f"number of cutoffs, {div_value**len(cutoffs):g}, got {in_features}")
        self.head = Linear(in_features, edges[0] + len(widths), head_bias, rng=rng)
        self.tail = [[Linear(in_features, width, bias=False, rng=rng), Linear(width, high - low, bias=False, rng=rng)]
                     for width, (low, high) in zip(widths, pairwise(edges), strict=True)]
        self._cross_entropy = CrossEntropyLoss(reduction="none")

    def forward(self, x: Array, target: Any) -> tuple[Array, Any]:
        target = np.asarray(target)
        self._check(x, target.shape)
        if target.dtype.kind not in "iu":
            raise DtypeError(f"{self.title} expected target as integers, got {target.dtype}; use target.astype(int)")
        if target.size and (target.min() < 0 or target.max() >= self.n_classes):
            raise ValueRangeError(f"{self.title} expected classes from 0 to {self.n_classes - 1} in target, "
                                  f"got {target.min()} to {target.max()}")
        rows, label = x.reshape(-1, self.in_features), target.reshape(-1)
        cluster = np.searchsorted(self.cutoffs, label, side="right")        # 0: the class is in the head itself
        cost, entries = self._cost(0, rows, np.where(cluster == 0, label, self.cutoffs[0] + cluster - 1))
        visits = [Visit(0, slice(None), entries)]
        for part, low in enumerate(self.cutoffs, start=1):
            members = np.flatnonzero(cluster == part)
            if members.size:
                more, entries = self._cost(part, rows[members], label[members] - low)
                cost[members] += more
                visits.append(Visit(part, members, entries))
        self.cache = AdaptiveCache(tuple(visits), target.shape, cost.dtype)
        return -cost.reshape(target.shape), cost.mean() if cost.size else cost.dtype.type(math.nan)

    def backward(self, grad_out: Any = 1.0) -> tuple[Array, None] | None:
        """Return ``(grad_x, None)``; ``grad_out`` is ``(grad_output, grad_loss)``, or grad_loss alone."""
        visits, shape, dtype = self.saved()
        grad_output, grad_loss = grad_out if isinstance(grad_out, tuple) else (None, grad_out)
        grad_cost = np.zeros(math.prod(shape), dtype)
        if grad_loss is not None:
            grad_cost += float(grad_loss) / max(grad_cost.size, 1)
        if grad_output is not None:
            check_shape(grad_output, shape, name="grad_output", owner=self)
            grad_cost -= as_dtype(grad_output.reshape(-1), dtype)
        grads = [self._back(visit, grad_cost[visit.rows]) for visit in visits]
        if not self.needs_input_grad:
            return None
        grad_x = np.zeros_like(grads[0])
        for visit, grad in zip(visits, grads, strict=True):
            grad_x[visit.rows] += grad
        return grad_x.reshape(*shape, self.in_features), None

    def log_prob(self, x: Array) -> Array:
        """Return the log-probability of every class, (..., in_features) -> (..., n_classes)."""
        head, *tails = (LogSoftmax().value(self._scores(part, x)[0]) for part in range(len(self.tail) + 1))
        first = self.cutoffs[0]
        return np.concatenate([head[..., :first], *(tail + head[..., first + index, None]
                                                    for index, tail in enumerate(tails))], axis=-1)

    def predict(self, x: Array) -> Array:
        """Return the most probable class, (..., in_features) -> (...); tails are asked only where they may win."""
        best = np.asarray(self._scores(0, x)[0].argmax(axis=-1))
        rare = best >= self.cutoffs[0]
        if rare.any():
            best[rare] = self.log_prob(x[rare]).argmax(axis=-1)
        return best

    def describe(self, *x_shapes: Shape) -> Description:
        """At most: as if every target lay in the cluster that costs most."""
        x_shape, target_shape = x_shapes
        self._check(x_shape, target_shape)
        count, width, long = math.prod(target_shape), self.in_features, np.dtype(np.int64).itemsize
        narrow = [(first.out_features, then.out_features) for first, then in self.tail]
        adds = width * self.head.out_features + max(width * low + low * high for low, high in narrow)
        kept = width + self.head.out_features + max(low + high for low, high in narrow) + 2     # weights of the rows: 2
        return self.description(target_shape, (), multiply_adds=count * adds, field=None, kept=(
            Kept("x0", count * width), Kept("scores", count * kept), Kept("rows", 5 * count, long)))

    def _check(self, x: Array | Shape, target_shape: Shape) -> None:
        x_shape = x if isinstance(x, tuple) else np.shape(x)
        check_shape(x, ("N", self.in_features) if len(x_shape) == 2 else (self.in_features,), name="x", owner=self)
        if target_shape != x_shape[:-1]:
            raise ShapeError(f"{self.title} expected target of shape {show_shape(x_shape[:-1])} for x of shape "
                             f"{show_shape(x_shape)}, got {show_shape(target_shape)}")

    def _layers(self, part: int) -> list[tuple[str, Layer]]:
        return [("head", self.head)] if part == 0 else \
            [(f"tail.{part - 1}.{index}", layer) for index, layer in enumerate(self.tail[part - 1])]

    def _scores(self, part: int, x: Array) -> tuple[Array, tuple[Entry, ...]]:
        entries = []
        for name, layer in self._layers(part):
            x, entry = call(layer, x, at=(self, name))
            entries.append(entry)
        return x, tuple(entries)

    def _cost(self, part: int, x: Array, label: Array) -> tuple[Array, tuple[Entry, ...]]:
        scores, entries = self._scores(part, x)
        cost, entry = call(self._cross_entropy, scores, label, at=(self, "cross_entropy"))
        return cost, (*entries, entry)

    def _back(self, visit: Visit, grad: Any) -> Any:
        names = (*(name for name, _ in self._layers(visit.part)), "cross_entropy")
        for index, entry in reversed([*enumerate(visit.entries)]):
            grad = call_back(entry.layer, entry, grad, at=(self, names[index]),
                             needs_input_grad=self.needs_input_grad or index > 0)
        return grad
