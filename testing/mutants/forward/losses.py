"""Wrong values of losses."""

from typing import Any

import numpy as np

from ....layers.core import Array
from ....losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    GaussianNLLLoss,
    HingeEmbeddingLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MarginRankingLoss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
    TripletMarginLoss,
)
from ..mutant import Subject

__all__ = ["SUBJECTS"]

rng = np.random.default_rng(5)
numbers, classes = rng.standard_normal((5, 3)), np.array([0, 2, 1, 3, 1, 0])
shares = rng.uniform(0.1, 0.9, (5, 3))
logs = np.log(shares / shares.sum(axis=1, keepdims=True))
signs = np.where(rng.standard_normal((5, 3)) > 0, 1.0, -1.0)

mse = Subject(MSELoss, MSELoss, ((5, 3), (5, 3)))
l1 = Subject(L1Loss, L1Loss, ((5, 3), (5, 3)))
bce = Subject(BCELoss, BCELoss, (shares, (numbers > 0) * 1.0))
logits = Subject(BCEWithLogitsLoss, BCEWithLogitsLoss, ((5, 3), (numbers > 0) * 1.0))
cross = Subject(CrossEntropyLoss, CrossEntropyLoss, ((6, 4), classes))
likelihood = Subject(NLLLoss, NLLLoss, ((6, 4), classes))
huber = Subject(HuberLoss, lambda: HuberLoss(delta=0.5), ((5, 3), (5, 3)))
smooth = Subject(SmoothL1Loss, lambda: SmoothL1Loss(beta=0.5), ((5, 3), (5, 3)))
divergence = Subject(KLDivLoss, KLDivLoss, (logs, shares[::-1] / shares[::-1].sum(axis=1, keepdims=True)))
hinge = Subject(HingeEmbeddingLoss, lambda: HingeEmbeddingLoss(margin=0.7), ((5, 3), signs))
gaussian = Subject(GaussianNLLLoss, GaussianNLLLoss, (((5, 3), shares), (5, 3)))
ranking = Subject(MarginRankingLoss, lambda: MarginRankingLoss(margin=0.3), (((5, 3), (5, 3)), signs))
triplet = Subject(TripletMarginLoss, lambda: TripletMarginLoss(margin=2.0), (((5, 4), (5, 4), (5, 4)), None))

SUBJECTS = (mse, l1, bce, logits, cross, likelihood, huber, smooth, divergence, hinge, gaussian, ranking, triplet)


@mse.wrong("factor", method="value")
def half_of_the_square(self: MSELoss, prediction: Array, target: Array) -> Array:
    """The squares are halved, as in books that want the two of the derivative to cancel."""
    return np.asarray((prediction - target)**2 / 2)


@mse.wrong("formula", method="value")
def size_of_the_difference(self: MSELoss, prediction: Array, target: Array) -> Array:
    """The difference is not squared; its absolute value is taken."""
    return np.asarray(np.abs(prediction - target))


@mse.wrong("mean", method="divisor")
def divided_by_the_rows(self: MSELoss, terms: Array, own: Any) -> float:
    """The sum is divided by the number of rows, not by that of all elements."""
    return len(terms)


@l1.wrong("sign", method="value")
def difference_with_its_sign(self: L1Loss, prediction: Array, target: Array) -> Array:
    """The difference keeps its sign, so that errors cancel."""
    return np.asarray(prediction - target)


@l1.wrong("formula", method="value")
def square_of_the_difference(self: L1Loss, prediction: Array, target: Array) -> Array:
    """The difference is squared."""
    return np.asarray((prediction - target)**2)


@bce.wrong("sign", method="value")
def minus_left_out(self: BCELoss, prediction: Array, target: Array) -> Array:
    """The minus before the logarithms is missing, so that the worst prediction has the least loss."""
    return np.asarray(target * np.log(prediction) + (1 - target) * np.log(1 - prediction))


@bce.wrong("path", method="value")
def zeros_not_counted(self: BCELoss, prediction: Array, target: Array) -> Array:
    """The term of the targets that are zero is missing."""
    return np.asarray(-target * np.log(prediction))


@logits.wrong("formula", method="value")
def logits_taken_for_probabilities(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The sigmoid is taken twice before the logarithm."""
    once = 1 / (1 + np.exp(-prediction))
    twice = 1 / (1 + np.exp(-once))
    return np.asarray(-target * np.log(twice) - (1 - target) * np.log(1 - twice))


@logits.wrong("path", method="value")
def target_term_left_out(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The term - x * target is missing."""
    return np.asarray(np.logaddexp(0, prediction))


@logits.wrong("sign", method="value")
def target_term_added(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The term x * target is added where it must be subtracted."""
    return np.asarray(np.logaddexp(0, prediction) + prediction * target)


def chosen(prediction: Array, target: Array) -> Array:
    """Return the scores of the wanted classes."""
    return np.asarray(prediction[np.arange(len(target)), target])


@cross.wrong("path", method="terms")
def logarithm_of_the_sum_left_out(self: CrossEntropyLoss, prediction: Array, target: Array) -> Any:
    """The logarithm of the sum of exponentials is missing; scores are taken for log-probabilities."""
    return -chosen(prediction, target), CrossEntropyLoss.terms(self, prediction, target)[1]


@cross.wrong("sign", method="terms")
def score_of_the_class_added(self: CrossEntropyLoss, prediction: Array, target: Array) -> Any:
    """The score of the wanted class is added where it must be subtracted."""
    right, own = CrossEntropyLoss.terms(self, prediction, target)
    return right + 2 * chosen(prediction, target), own


@cross.wrong("formula", method="terms")
def softmax_taken_before(self: CrossEntropyLoss, prediction: Array, target: Array) -> Any:
    """The scores go through a softmax first, and then through that of the loss."""
    odds = np.exp(prediction) / np.exp(prediction).sum(axis=1, keepdims=True)
    return CrossEntropyLoss.terms(self, odds, target)[0], CrossEntropyLoss.terms(self, prediction, target)[1]


@cross.wrong("formula", method="terms")
def logarithm_to_the_base_of_two(self: CrossEntropyLoss, prediction: Array, target: Array) -> Any:
    """The logarithm is that to the base of two: the loss comes in bits."""
    right, own = CrossEntropyLoss.terms(self, prediction, target)
    return right / np.log(2), own


@cross.wrong("mean", method="divisor")
def divided_by_items_and_classes(self: CrossEntropyLoss, terms: Array, own: Any) -> float:
    """The sum is divided by the number of scores, not by that of items."""
    return float(terms.size * own.shape[1])


@likelihood.wrong("sign", method="terms")
def likelihood_left_positive(self: NLLLoss, prediction: Array, target: Array) -> Any:
    """The minus of the negative log-likelihood is missing."""
    right, own = NLLLoss.terms(self, prediction, target)
    return -right, own


@likelihood.wrong("order", method="terms")
def class_before_the_wanted(self: NLLLoss, prediction: Array, target: Array) -> Any:
    """Classes are counted from one, so that the class before the wanted is looked at."""
    return -chosen(prediction, target - 1), NLLLoss.terms(self, prediction, target)[1]


@huber.wrong("factor", method="value")
def half_of_the_square_left_out(self: HuberLoss, prediction: Array, target: Array) -> Array:
    """The square within delta is not halved, so that the parts do not meet."""
    apart = np.abs(prediction - target)
    return np.asarray(np.where(apart < self.delta, apart**2, self.delta * (apart - self.delta / 2)))


@huber.wrong("path", method="value")
def parts_do_not_meet(self: HuberLoss, prediction: Array, target: Array) -> Array:
    """The linear part lacks its - delta / 2, so that the function jumps at delta."""
    apart = np.abs(prediction - target)
    return np.asarray(np.where(apart < self.delta, apart**2 / 2, self.delta * apart))


@smooth.wrong("factor", method="value")
def beta_left_out(self: SmoothL1Loss, prediction: Array, target: Array) -> Array:
    """The square is not divided by beta."""
    apart = np.abs(prediction - target)
    return np.asarray(np.where(apart < self.beta, apart**2 / 2, apart - self.beta / 2))


@divergence.wrong("sign", method="value")
def distributions_exchanged(self: KLDivLoss, prediction: Array, target: Array) -> Array:
    """The logarithms are subtracted the wrong way round."""
    return np.asarray(target * (prediction - np.log(target)))


@divergence.wrong("path", method="value")
def entropy_left_out(self: KLDivLoss, prediction: Array, target: Array) -> Array:
    """The entropy of the target is missing; what remains is the cross-entropy."""
    return np.asarray(-target * prediction)


@hinge.wrong("mask", method="value")
def hinge_left_open(self: HingeEmbeddingLoss, prediction: Array, target: Array) -> Array:
    """Unlike pairs beyond the margin count too, with a negative loss."""
    return np.where(target > 0, prediction, self.margin - prediction)


@gaussian.wrong("path", method="terms")
def logarithm_of_the_variance_left_out(self: GaussianNLLLoss, prediction: Any, target: Any) -> Any:
    """The logarithm of the variance is missing, so that a large variance costs nothing."""
    right, own = GaussianNLLLoss.terms(self, prediction, target)
    return right - np.log(prediction[1]) / 2, own


@ranking.wrong("mask", method="terms")
def hinge_without_zero(self: MarginRankingLoss, prediction: Any, target: Array) -> Any:
    """Pairs in the right order count too, with a negative loss."""
    (one, other), (_, own) = prediction, MarginRankingLoss.terms(self, prediction, target)
    return np.asarray(-target * (one - other) + self.margin), own


@triplet.wrong("sign", method="terms")
def near_and_far_exchanged(self: TripletMarginLoss, prediction: Any, target: Any) -> Any:
    """Positive and negative are exchanged, so that the far ones are pulled near."""
    anchor, positive, negative = prediction
    return (TripletMarginLoss.terms(self, (anchor, negative, positive), target)[0],
            TripletMarginLoss.terms(self, prediction, target)[1])
