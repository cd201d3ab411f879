"""Wrong gradients of losses of distributions, counts and lists of labels."""

from typing import Any

import numpy as np

from ...layers.core import Array
from ...losses import (
    AdaptiveLogSoftmaxWithLoss,
    BCELoss,
    HingeEmbeddingLoss,
    HuberLoss,
    KLDivLoss,
    MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss,
    PoissonNLLLoss,
    SmoothL1Loss,
    SoftMarginLoss,
)
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

share = np.linspace(0.1, 0.9, 15).reshape(5, 3)
signs = np.where(np.arange(15).reshape(5, 3) % 2, 1.0, -1.0)
counts = np.arange(15.0).reshape(5, 3) % 4
lists = np.array([[0, 2, -1], [1, -1, 0], [2, 1, 0], [-1, 0, 1], [1, 0, -1],
                  [1, 2, -1], [0, -1, 2], [2, -1, 1], [2, 0, -1]])
classes = np.array([10, 7, 6, 8, 10])

adaptive = Subject(AdaptiveLogSoftmaxWithLoss, lambda: AdaptiveLogSoftmaxWithLoss(5, 11, [3, 6], 2.0),
                   ((5, 5), classes))
bce = Subject(BCELoss, BCELoss, (share, share[::-1].copy()))
hinge = Subject(HingeEmbeddingLoss, lambda: HingeEmbeddingLoss(0.7), ((5, 3), signs))
soft = Subject(SoftMarginLoss, SoftMarginLoss, ((5, 3), signs))
huber = Subject(HuberLoss, lambda: HuberLoss(delta=0.5), ((5, 3), (5, 3)))
smooth = Subject(SmoothL1Loss, lambda: SmoothL1Loss(beta=0.5), ((5, 3), (5, 3)))
divergence = Subject(KLDivLoss, lambda: KLDivLoss("batchmean"), ((5, 3), share))
labels = Subject(MultiLabelMarginLoss, MultiLabelMarginLoss, ((9, 3), lists))
soft_labels = Subject(MultiLabelSoftMarginLoss, lambda: MultiLabelSoftMarginLoss([1.0, 2.0, 0.5]), ((5, 3), share))
poisson = Subject(PoissonNLLLoss, PoissonNLLLoss, ((5, 3), counts))

SUBJECTS = (adaptive, bce, hinge, soft, huber, smooth, divergence, labels, soft_labels, poisson)

Scale = float | Array


@adaptive.wrong("path")
def clusters_forgotten(self: AdaptiveLogSoftmaxWithLoss, grad_out: Any = 1.0) -> Any:
    """Only the head goes back; the clusters of rare classes neither learn nor hand on a gradient."""
    cache = self.saved()
    self.cache = cache._replace(visits=cache.visits[:1])
    grads = AdaptiveLogSoftmaxWithLoss.backward(self, grad_out)
    self.cache = cache
    return grads


@adaptive.wrong("mean")
def summed_where_the_loss_is_a_mean(self: AdaptiveLogSoftmaxWithLoss, grad_out: Any = 1.0) -> Any:
    """The loss is the mean over the items; its gradient is handed to each item whole."""
    if isinstance(grad_out, tuple):
        return AdaptiveLogSoftmaxWithLoss.backward(
            self, (grad_out[0], None if grad_out[1] is None else grad_out[1] * 5))
    return AdaptiveLogSoftmaxWithLoss.backward(self, grad_out * 5)


@bce.wrong("formula", method="slope")
def slope_of_the_logits(self: BCELoss, prediction: Array, target: Array) -> Array:
    """The difference of probability and target is the gradient of a logit, not of the probability."""
    return prediction - target


@bce.wrong("path", method="slope")
def wrong_answers_forgotten(self: BCELoss, prediction: Array, target: Array) -> Array:
    """Only the logarithm of what should be likely counts, not that of what should be unlikely."""
    return np.asarray(-target / prediction)


@hinge.wrong("mask", method="slope")
def hinge_without_its_margin(self: HingeEmbeddingLoss, prediction: Array, target: Array) -> Array:
    """Unlike pairs push until they are a margin apart; here they push however far they are."""
    return target


@soft.wrong("factor", method="slope")
def target_not_multiplied_in(self: SoftMarginLoss, prediction: Array, target: Array) -> Array:
    """The target is inside of the exponential, so the chain rule has it once more as a factor."""
    return np.asarray(SoftMarginLoss.slope(self, prediction, target) * target)


@huber.wrong("mask", method="slope")
def slope_not_bounded(self: HuberLoss, prediction: Array, target: Array) -> Array:
    """Beyond delta the loss is a line; here the slope goes on growing, as that of the square."""
    return prediction - target


@smooth.wrong("factor", method="slope")
def beta_forgotten(self: SmoothL1Loss, prediction: Array, target: Array) -> Array:
    """Near zero the square is divided by beta; here its slope is that of HuberLoss."""
    return np.asarray(np.clip(prediction - target, -self.beta, self.beta))


@divergence.wrong("formula", method="slope")
def divergence_turned_round(self: KLDivLoss, prediction: Array, target: Array) -> Array:
    """The gradient is that of the divergence with prediction and target exchanged."""
    return np.asarray(np.exp(prediction) * (prediction + 1 - np.log(target)))


@divergence.wrong("mean")
def divided_by_all_elements(self: KLDivLoss, grad_out: Any = 1.0) -> Any:
    """"batchmean" divides by the number of examples, not by that of elements."""
    return each(lambda grad: grad / (3 if self.reduction == "batchmean" else 1), KLDivLoss.backward(self, grad_out))


@labels.wrong("sign", method="terms_backward")
def right_classes_pushed_down(self: MultiLabelMarginLoss, own: Any, scale: Scale) -> Array:
    """Right classes should be pushed up and wrong ones down; here all are pushed down."""
    return MultiLabelMarginLoss.terms_backward(self, own._replace(slope=abs(own.slope)), scale)


@labels.wrong("path", method="terms_backward")
def pairs_counted_once(self: MultiLabelMarginLoss, own: Any, scale: Scale) -> Array:
    """A class is in several pairs, and its gradient is their sum; here each class counts once."""
    return MultiLabelMarginLoss.terms_backward(self, own._replace(slope=np.sign(own.slope) / 3), scale)


@soft_labels.wrong("path", method="terms_backward")
def class_weights_forgotten(self: MultiLabelSoftMarginLoss, own: Any, scale: Scale) -> Array:
    """Each class has a weight in the loss, and none in the gradient."""
    weight = 1.0 if self.weight is None else self.weight.data
    return MultiLabelSoftMarginLoss.terms_backward(self, own._replace(
        slope=(own.slope / weight).astype(own.slope.dtype)), scale)


@poisson.wrong("formula", method="slope")
def exponential_forgotten(self: PoissonNLLLoss, prediction: Array, target: Array) -> Array:
    """The prediction is the logarithm of the rate; here it is taken for the rate."""
    return prediction - target
