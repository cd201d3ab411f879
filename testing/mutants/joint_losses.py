"""Wrong gradients of losses whose prediction or target has several parts."""

import math
from typing import Any

import numpy as np

from ...layers import CosineSimilarity
from ...layers.core import Array
from ...losses import (
    CosineEmbeddingLoss,
    CTCLoss,
    ELBOLoss,
    GaussianNLLLoss,
    MarginRankingLoss,
    TripletMarginLoss,
    TripletMarginWithDistanceLoss,
)
from .mutant import Subject

__all__ = ["SUBJECTS"]

signs = np.array([1, -1, -1, 1, -1, 1, -1])
spread = np.linspace(0.4, 2, 7)
words = (np.array([[1, 2, 2], [3, 1, 0]]), np.array([7, 5]), np.array([3, 2]))

cosine = Subject(CosineEmbeddingLoss, lambda: CosineEmbeddingLoss(0.1), (((7, 4), (7, 4)), signs))
triplet = Subject(TripletMarginLoss, lambda: TripletMarginLoss(0.5), (((7, 4),) * 3, None))
swapped = Subject(TripletMarginLoss, lambda: TripletMarginLoss(2.0, p=3.0, swap=True), (((7, 4),) * 3, None))
any_distance = Subject(TripletMarginWithDistanceLoss,
                       lambda: TripletMarginWithDistanceLoss(distance_function=CosineSimilarity()),
                       (((7, 4),) * 3, None))
ranking = Subject(MarginRankingLoss, lambda: MarginRankingLoss(0.3), (((7, 4), (7, 4)), np.tile(signs[:, None], 4)))
gaussian = Subject(GaussianNLLLoss, lambda: GaussianNLLLoss(full=True), (((7, 4), spread), (7, 4)))
ctc = Subject(CTCLoss, CTCLoss, ((7, 2, 4), words), batch_axis=None)
bound = Subject(ELBOLoss, lambda: ELBOLoss(beta=0.7),
                (((7, 4), (7, 3), (7, 3)), np.linspace(0.1, 0.9, 28).reshape(7, 4)))

SUBJECTS = (cosine, triplet, swapped, any_distance, ranking, gaussian, ctc, bound)

Scale = float | Array


@cosine.wrong("path", method="terms_backward")
def length_taken_for_a_constant(self: CosineEmbeddingLoss, own: Any, scale: Scale) -> Any:
    """Moving a vector along itself changes only its length; that part of the gradient is not taken away."""
    pull = own.slope * np.asarray(scale)[..., None]
    return tuple(np.asarray(grad, own.unit1.dtype) for grad in (pull * own.unit2 / own.length1,
                                                                pull * own.unit1 / own.length2))


@cosine.wrong("factor", method="terms_backward")
def length_forgotten(self: CosineEmbeddingLoss, own: Any, scale: Scale) -> Any:
    """Long vectors turn less than short ones; the gradient is not divided by the length."""
    grad1, grad2 = CosineEmbeddingLoss.terms_backward(self, own, scale)
    return grad1 * own.length1, grad2 * own.length2


@cosine.wrong("order", method="terms_backward")
def gradients_of_the_two_exchanged(self: CosineEmbeddingLoss, own: Any, scale: Scale) -> Any:
    """Each vector gets the gradient of the other, which has the same shape."""
    return CosineEmbeddingLoss.terms_backward(self, own, scale)[::-1]


@cosine.wrong("sign", method="terms_backward")
def unlike_pairs_pulled_together(self: CosineEmbeddingLoss, own: Any, scale: Scale) -> Any:
    """The target -1 is not looked at, so that unlike vectors are brought together too."""
    return CosineEmbeddingLoss.terms_backward(self, own._replace(slope=-abs(own.slope)), scale)


@cosine.wrong("mask", method="terms_backward")
def pushed_apart_beyond_the_margin(self: CosineEmbeddingLoss, own: Any, scale: Scale) -> Any:
    """Unlike vectors that are far enough apart have no gradient; here they have."""
    return CosineEmbeddingLoss.terms_backward(self, own._replace(slope=np.where(own.slope < 0, own.slope, 1)), scale)


@triplet.wrong("path", method="terms_backward")
def anchor_taken_for_a_constant(self: TripletMarginLoss, own: Any, scale: Scale) -> Any:
    """The anchor is in both distances and is moved as well."""
    anchor, positive, negative = TripletMarginLoss.terms_backward(self, own, scale)
    return np.zeros_like(anchor), positive, negative


@triplet.wrong("path", method="terms_backward")
def anchor_pulled_by_the_positive_only(self: TripletMarginLoss, own: Any, scale: Scale) -> Any:
    """The anchor's gradient is the sum of those of two distances; here it is that of the first."""
    _, positive, negative = TripletMarginLoss.terms_backward(self, own, scale)
    return -positive, positive, negative


@triplet.wrong("sign", method="terms_backward")
def negative_pulled_closer(self: TripletMarginLoss, own: Any, scale: Scale) -> Any:
    """The negative should move away; here it is pulled as the positive is."""
    anchor, positive, negative = TripletMarginLoss.terms_backward(self, own, scale)
    return anchor, positive, -negative


@triplet.wrong("mask", method="terms_backward")
def hinge_never_closed(self: TripletMarginLoss, own: Any, scale: Scale) -> Any:
    """Triplets that keep the margin have no gradient; here all have."""
    return TripletMarginLoss.terms_backward(self, tuple(each._replace(
        slope=np.full_like(each.slope, 1 if index == 0 else -1)) for index, each in enumerate(own)), scale)


@triplet.wrong("formula", method="terms_backward")
def square_of_the_distance(self: TripletMarginLoss, own: Any, scale: Scale) -> Any:
    """The slope of the distance has length one; here it is that of the squared distance, twice the difference."""
    return TripletMarginLoss.terms_backward(self, tuple(each._replace(
        slope=each.slope * 2 * each.entry.cache.own.norm[..., 0]) for each in own), scale)


@swapped.wrong("path", method="terms_backward")
def swap_forgotten(self: TripletMarginLoss, own: Any, scale: Scale) -> Any:
    """Where the positive lies nearer to the negative, that distance counts; here always that of the anchor."""
    positive, negative, other = own
    return TripletMarginLoss.terms_backward(self, (positive, negative._replace(slope=negative.slope + other.slope),
                                                   other._replace(slope=0 * other.slope)), scale)


@any_distance.wrong("order", method="terms_backward")
def ends_of_the_distance_exchanged(self: TripletMarginWithDistanceLoss, own: Any, scale: Scale) -> Any:
    """The gradient of a distance in its first input goes to the second point, and the other way round."""
    return TripletMarginWithDistanceLoss.terms_backward(
        self, tuple(each._replace(ends=each.ends[::-1]) for each in own), scale)


@any_distance.wrong("factor", method="terms_backward")
def both_distances_count_half(self: TripletMarginWithDistanceLoss, own: Any, scale: Scale) -> Any:
    """The terms are the difference of two distances, not of their halves."""
    return TripletMarginWithDistanceLoss.terms_backward(self, own, np.asarray(scale) / 2)


@ranking.wrong("sign", method="terms_backward")
def both_scores_pushed_the_same_way(self: MarginRankingLoss, pull: Array, scale: Scale) -> Any:
    """The loss is of the difference of the scores, so their gradients are opposite."""
    return (np.asarray(-pull * scale, pull.dtype),) * 2


@ranking.wrong("path", method="terms_backward")
def target_of_the_ranking_ignored(self: MarginRankingLoss, pull: Array, scale: Scale) -> Any:
    """The first score is always pushed up, also where the second should be the larger."""
    return MarginRankingLoss.terms_backward(self, abs(pull), scale)


@gaussian.wrong("path", method="terms_backward")
def logarithm_of_the_variance_forgotten(self: GaussianNLLLoss, own: Any, scale: Scale) -> Any:
    """The variance is only divided by, as if the loss had no term log(var), so it would grow without end."""
    grad_mean, _ = GaussianNLLLoss.terms_backward(self, own, scale)
    return grad_mean, self._to_var(-np.asarray(scale * (own.error / own.var)**2 / 2), own)


@gaussian.wrong("path", method="terms_backward")
def variance_taken_for_a_constant(self: GaussianNLLLoss, own: Any, scale: Scale) -> Any:
    """The variance is predicted too, and gets no gradient."""
    grad_mean, grad_var = GaussianNLLLoss.terms_backward(self, own, scale)
    return grad_mean, np.zeros_like(grad_var)


@gaussian.wrong("factor", method="terms_backward")
def error_not_divided_by_the_variance(self: GaussianNLLLoss, own: Any, scale: Scale) -> Any:
    """The gradient of the mean is that of the plain square."""
    _, grad_var = GaussianNLLLoss.terms_backward(self, own, scale)
    return np.asarray(own.error * scale, own.error.dtype), grad_var


@gaussian.wrong("mean", method="_to_var")
def shared_variance_averaged(self: GaussianNLLLoss, grad: Array, own: Any) -> Array:
    """One variance serves a whole row, so its gradient is the sum over the row; here it is the mean."""
    return np.asarray(GaussianNLLLoss._to_var(self, grad, own) / (own.error.size / math.prod(own.var_shape)))


@ctc.wrong("formula", method="terms_backward")
def logarithm_taken_for_granted(self: CTCLoss, own: Any, scale: Scale) -> Any:
    """The gradient is made to sum to nothing over the classes, as it does only before LogSoftmax."""
    grad = CTCLoss.terms_backward(self, own, scale)
    return grad - grad.mean(axis=-1, keepdims=True)


@ctc.wrong("path", method="terms_backward")
def best_alignment_only(self: CTCLoss, own: Any, scale: Scale) -> Any:
    """All alignments count by their probability; here only the most probable state of each frame does."""
    occupancy = self._occupancy(own)
    best = occupancy == occupancy.max(axis=-1, keepdims=True)
    return self._to_log_probs(own, scale, np.asarray(best * own.lattice.inside(len(occupancy)), occupancy.dtype))


@ctc.wrong("path", method="_occupancy")
def departures_forgotten(self: CTCLoss, own: Any) -> Array:
    """A state counts by the ways into it and out of it; here by the ways into it alone."""
    occupancy = np.exp(own.arrivals + own.emission)
    return np.where(own.lattice.inside(len(occupancy)), occupancy, 0)


@ctc.wrong("mask", method="_occupancy")
def blanks_left_out(self: CTCLoss, own: Any) -> Array:
    """An alignment also emits blanks; they get no gradient."""
    return np.where(own.lattice.symbols == self.blank, 0, CTCLoss._occupancy(self, own))


@ctc.wrong("mean", method="terms_backward")
def length_of_the_target_forgotten(self: CTCLoss, own: Any, scale: Scale) -> Any:
    """The mean divides each item by the length of its target first; the gradient does not."""
    return CTCLoss.terms_backward(self, own._replace(weight=np.ones_like(own.weight)), scale)


@bound.wrong("path", method="terms_backward")
def code_left_free(self: ELBOLoss, own: Any, scale: Scale) -> Any:
    """The divergence from the prior has no gradient, so the code may spread as far as it likes."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, np.zeros_like(mean), np.zeros_like(log_var)


@bound.wrong("factor", method="terms_backward")
def price_of_the_code_forgotten(self: ELBOLoss, own: Any, scale: Scale) -> Any:
    """The divergence counts beta times in the loss, and once in the gradient."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, mean / self.beta, log_var / self.beta
