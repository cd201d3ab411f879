"""Labels without their times: the probability of a sequence of labels, summed over all alignments with the frames."""

from typing import Any, NamedTuple

import numpy as np

from ..layers.core import (
    Array,
    Count,
    DtypeError,
    Shape,
    ShapeError,
    ValueRangeError,
    as_dtype,
    check_shape,
    check_size,
    show_shape,
)
from .ctc_lattice import Lattice
from .joint_loss import JointLoss
from .loss import Reduction

__all__ = ["CTCLoss"]


class CTCCache(NamedTuple):
    """Log-probabilities in the lattice of states, which items count and how much, and the shape of the prediction."""

    lattice: Lattice
    emission: Array
    arrivals: Array
    total: Array
    counted: Array
    weight: Array
    shape: Shape


class CTCLoss(JointLoss):
    """Connectionist temporal classification, ``-log(sum over alignments of exp(sum over frames of log_probs))``.

    An alignment gives each frame a label or the ``blank``; with repetitions merged, then blanks dropped, it reads as
    the target. "mean" divides by the length of each target, then by the number of items. A target without alignment
    costs infinity (its gradient is NaN), or with ``zero_infinity`` nothing.

    Shapes:
        log_probs:      (T, N, C) or (T, C), from LogSoftmax
        targets:        (N, S) padded, or all in a row, (sum of target_lengths,): integers in [0, C) but for ``blank``
        input_lengths, target_lengths: (N,) or numbers: how many frames and labels of an item count

    Gradients:
        grad_log_probs[t, n, c] = -scale * probability that a right alignment emits c at frame t (PyTorch's is this
                                  plus exp(log_probs), which LogSoftmax takes away again)

    Cost: T·N·(2S + 1) steps of three exponentials, twice that backward; keeps two arrays of that size.

    Source: Graves, Fernández, Gomez & Schmidhuber 2006; torch.nn.CTCLoss.

    Example:
        >>> log_probs = np.log(np.full((2, 1, 3), 1 / 3))             # (1, 1), (blank, 1) and (1, blank) of nine
        >>> round(float(np.exp(-CTCLoss().forward(log_probs, np.array([[1]]), (2,), (1,)))), 6)
        0.333333
    """

    def __init__(self, blank: Count = 0, reduction: Reduction = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction)
        self.blank = check_size(blank, "blank", "CTCLoss", least=0)
        self.zero_infinity = zero_infinity

    def ordered(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> tuple[Any, Any]:
        return log_probs, (targets, input_lengths, target_lengths)

    def terms(self, prediction: Array, target: Any) -> tuple[Array, CTCCache]:
        check_shape(prediction, ("T", "C") if np.ndim(prediction) == 2 else ("T", "N", "C"), name="log_probs",
                    owner=self)
        log_probs = prediction if prediction.ndim == 3 else prediction[:, None]
        if not log_probs.size:
            raise ShapeError(f"{self.title} expected log_probs with frames, items and classes, got shape "
                             f"{show_shape(prediction.shape)}")
        lattice = self._lattice(target, *log_probs.shape)
        emission = lattice.emission(log_probs)
        arrivals = lattice.arrivals(emission)
        total = lattice.total(emission, arrivals)
        counted = ~np.isneginf(total) if self.zero_infinity else np.ones(total.shape, bool)
        weight = 1 / np.maximum(lattice.states // 2, 1) if self.reduction == "mean" else np.ones(total.shape)
        own = CTCCache(lattice, emission, arrivals, total, counted, as_dtype(weight, total.dtype), prediction.shape)
        return (np.where(counted, -total, 0) * own.weight).reshape(prediction.shape[1:-1]), own

    def terms_backward(self, own: CTCCache, scale: float | Array) -> Array:
        return self._to_log_probs(own, scale, self._occupancy(own))

    def terms_hvp(self, own: CTCCache, scale: float, prediction_dot: Array) -> Array:
        check_shape(prediction_dot, own.shape, name="prediction_dot", owner=self)
        emission_dot = own.lattice.emission(prediction_dot.reshape(len(own.emission), len(own.total), -1))
        arrivals_dot = own.lattice.arrivals_dot(own.emission, own.arrivals, emission_dot)
        mirror, mirrored = own.lattice.mirror(), own.lattice.mirrored
        emission_back = mirrored(own.emission)
        departures_dot = mirrored(mirror.arrivals_dot(emission_back, mirror.arrivals(emission_back),
                                                      mirrored(emission_dot)))
        occupancy = self._occupancy(own)
        total_dot = (occupancy * emission_dot).sum(axis=(0, 2))
        occupancy_dot = occupancy * (arrivals_dot + emission_dot + departures_dot - total_dot[:, None])
        return self._to_log_probs(own, scale, occupancy_dot)

    def _occupancy(self, own: CTCCache) -> Array:
        """Return the probability that a right alignment is in a state at a frame, (T, N, S)."""
        mirror, mirrored = own.lattice.mirror(), own.lattice.mirrored
        departures = mirrored(mirror.arrivals(mirrored(own.emission)))
        with np.errstate(invalid="ignore"):     # NaN where there is no alignment
            occupancy = np.exp(own.arrivals + own.emission + departures - own.total[:, None])
        return np.where(own.lattice.inside(len(occupancy)) & own.counted[:, None], occupancy, 0)

    def _to_log_probs(self, own: CTCCache, scale: float | Array, occupancy: Array) -> Array:
        per_item = np.reshape(scale, (-1, 1)) * own.weight[:, None]
        return own.lattice.spread(-as_dtype(per_item, occupancy.dtype) * occupancy, own.shape[-1]).reshape(own.shape)

    def _lattice(self, target: Any, frames: int, items: int, classes: int) -> Lattice:
        """Return the lattice of a target, after checking it."""
        if not isinstance(target, tuple) or len(target) != 3:
            raise ShapeError(f"{self.title} expected the target as a tuple (targets, input_lengths, target_lengths)")
        if self.blank >= classes:
            raise ValueRangeError(f"{self.title} expected blank below {classes}, the number of classes in log_probs, "
                                  f"got {self.blank}")
        labels = np.atleast_1d(self._whole(target[0], "targets"))
        input_lengths = self._lengths(target[1], "input_lengths", items, frames)
        lengths = self._lengths(target[2], "target_lengths", items, labels.shape[-1])
        if labels.ndim == 1:                    # all in a row -> (N, S)
            labels = self._padded(labels, lengths)
        elif labels.shape[:-1] != (items,):
            raise ShapeError(f"{self.title} expected targets of shape ({items}, S) or (sum of target_lengths,), "
                             f"got {show_shape(labels.shape)}")
        used = labels[np.arange(labels.shape[1]) < lengths[:, None]]
        wrong = used[(used < 0) | (used >= classes) | (used == self.blank)]
        if wrong.size:
            raise ValueRangeError(f"{self.title} expected targets from 0 to {classes - 1} without the blank "
                                  f"{self.blank}, got {wrong[0]}")
        return Lattice.of(labels, lengths, input_lengths, self.blank)

    def _padded(self, labels: Array, lengths: Array) -> Array:
        if len(labels) != lengths.sum():
            raise ShapeError(f"{self.title} expected as many targets in a row as target_lengths add up to, "
                             f"{lengths.sum()}, got {len(labels)}")
        padded = np.full((len(lengths), int(lengths.max())), self.blank)
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = labels
        return padded

    def _lengths(self, values: Any, name: str, items: int, most: int) -> Array:
        lengths = self._whole(values, name).reshape(-1)
        if lengths.shape != (items,):
            raise ShapeError(f"{self.title} expected {name} as {items} numbers, one for each item, got {lengths.size}")
        if lengths.min() < 0 or lengths.max() > most:
            raise ValueRangeError(f"{self.title} expected {name} from 0 to {most}, got {lengths.tolist()}")
        return lengths

    def _whole(self, values: Any, name: str) -> Array:
        array = np.asarray(values)
        if array.dtype.kind not in "iu" and array.size:
            raise DtypeError(f"{self.title} expected {name} as integers, got {array.dtype}; "
                             f"convert them with .astype(int)")
        return array.astype(int)
