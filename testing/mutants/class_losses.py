"""Wrong gradients of losses that hold the scores of classes against the right class."""

from typing import Any

import numpy as np

from ...layers.core import Array
from ...losses import ClassMSELoss, CrossEntropyLoss, MultiMarginLoss, NLLLoss
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

labels = np.array([0, 2, 4, 1, 1, 3])
weight = [0.5, 2.0, 1.5, 1.0, 3.0]

cross_entropy = Subject(CrossEntropyLoss, lambda: CrossEntropyLoss(weight, ignore_index=3), ((6, 5), labels))
smoothed = Subject(CrossEntropyLoss, lambda: CrossEntropyLoss(label_smoothing=0.2), ((6, 5), labels))
nll = Subject(NLLLoss, lambda: NLLLoss(weight, ignore_index=3), ((6, 5), labels))
margin = Subject(MultiMarginLoss, lambda: MultiMarginLoss(margin=0.5), ((6, 5), labels))
squared = Subject(MultiMarginLoss, lambda: MultiMarginLoss(p=2, weight=weight), ((6, 5), labels))

class_mse = Subject(ClassMSELoss, lambda: ClassMSELoss(0.9, 0.1), ((6, 5), labels))

SUBJECTS = (cross_entropy, smoothed, nll, margin, squared, class_mse)

Upstream = float | Array


def column(scale: Upstream) -> Upstream:
    """Return a number, or one number for each row as a column."""
    return scale[:, None] if isinstance(scale, np.ndarray) else scale


def counted(loss: CrossEntropyLoss | NLLLoss, grad: Array) -> float:
    """Return what a gradient of the mean must be multiplied by to be divided by the number of items instead."""
    return float(loss.saved().divisor / len(grad)) if loss.reduction == "mean" else 1.0


@cross_entropy.wrong("path", method="row_backward")
def wanted_class_not_subtracted(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The gradient is softmax(prediction) minus what is wanted; here nothing is subtracted."""
    return np.asarray(probability * wanted.mass(probability)[:, None] * column(scale))


@cross_entropy.wrong("formula", method="row_backward")
def logarithm_of_the_probability(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The log-probabilities stand where the probabilities belong."""
    return CrossEntropyLoss.row_backward(self, np.log(probability), wanted, scale)


@cross_entropy.wrong("formula", method="row_backward")
def through_the_softmax_once_more(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The softmax is part of this loss already; its Jacobian is multiplied in a second time."""
    grad = CrossEntropyLoss.row_backward(self, probability, wanted, scale)
    return np.asarray(probability * (grad - (grad * probability).sum(axis=1, keepdims=True)))


@cross_entropy.wrong("sign", method="row_backward")
def wanted_minus_softmax(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The difference is turned round: the right class is pushed down."""
    return -CrossEntropyLoss.row_backward(self, probability, wanted, scale)


@cross_entropy.wrong("mask", method="row_backward")
def ignored_items_count(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """Items with the ignored label add nothing to the loss, but here they add to the gradient."""
    grad = CrossEntropyLoss.row_backward(self, probability, wanted, scale)
    return np.asarray(grad + probability * (wanted.mass(probability) == 0)[:, None] * column(scale))


@cross_entropy.wrong("factor", method="row_backward")
def class_weight_forgotten(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The loss weighs every item by its class, the gradient all the same."""
    mass = wanted.mass(probability)
    return CrossEntropyLoss.row_backward(self, probability, wanted, scale) / np.where(mass == 0, 1, mass)[:, None]


@cross_entropy.wrong("mean")
def mean_forgotten(self: CrossEntropyLoss, grad_out: Upstream = 1.0) -> Any:
    """The loss is a mean over the items, so its gradient must be divided by their weight."""
    return each(lambda grad: grad * self.saved().divisor, CrossEntropyLoss.backward(self, grad_out))


@cross_entropy.wrong("mean")
def divided_by_the_number_of_items(self: CrossEntropyLoss, grad_out: Upstream = 1.0) -> Any:
    """The mean divides by the sum of the items' weights, the gradient by their number."""
    return each(lambda grad: grad * counted(self, grad), CrossEntropyLoss.backward(self, grad_out))


@cross_entropy.wrong("mean")
def averaged_over_the_classes(self: CrossEntropyLoss, grad_out: Upstream = 1.0) -> Any:
    """The gradient is divided by the number of classes as well as by that of the items."""
    return each(lambda grad: grad / grad.shape[1], CrossEntropyLoss.backward(self, grad_out))


@cross_entropy.wrong("upstream")
def taken_for_the_end_of_the_graph(self: CrossEntropyLoss, grad_out: Upstream = 1.0) -> Any:
    """The upstream gradient is ignored, so a weighted sum of losses has the gradient of a plain one."""
    return CrossEntropyLoss.backward(self, np.ones_like(grad_out) if np.ndim(grad_out) else 1.0)


@cross_entropy.wrong("accumulate")
def probabilities_changed_on_the_way_back(self: CrossEntropyLoss, grad_out: Upstream = 1.0) -> Any:
    """One is subtracted in the kept probabilities themselves, so a second backward subtracts it again."""
    kept = self.saved().own.kept
    grad = CrossEntropyLoss.backward(self, grad_out)
    kept[np.arange(len(kept)), kept.argmax(axis=1)] -= 1
    return grad


@smoothed.wrong("path", method="row_backward")
def smoothing_forgotten(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The loss spreads a part of what is wanted over all classes, the gradient wants the right class alone."""
    return np.asarray((probability - wanted.share.round()) * column(scale))


@smoothed.wrong("factor", method="row_backward")
def smoothed_share_not_taken_away(self: CrossEntropyLoss, probability: Array, wanted: Any, scale: Upstream) -> Array:
    """The even share is added to a right class that still has all of its own."""
    return np.asarray((probability - wanted.share - self.label_smoothing * wanted.share.round()) * column(scale))


@nll.wrong("sign", method="row_backward")
def minus_of_the_likelihood_forgotten(self: NLLLoss, kept: Any, wanted: Any, scale: Upstream) -> Array:
    """The loss is minus the log-likelihood, so the gradient at the right class is negative."""
    return -NLLLoss.row_backward(self, kept, wanted, scale)


@nll.wrong("mask", method="row_backward")
def gradient_for_every_class(self: NLLLoss, kept: Any, wanted: Any, scale: Upstream) -> Array:
    """Only the right class enters the loss, but all classes get its gradient."""
    grad = NLLLoss.row_backward(self, kept, wanted, scale)
    return np.broadcast_to(grad.sum(axis=1, keepdims=True), grad.shape)


@nll.wrong("factor", method="row_backward")
def weight_of_the_class_squared(self: NLLLoss, kept: Any, wanted: Any, scale: Upstream) -> Array:
    """The class weight is multiplied in forward and once more backward."""
    grad = NLLLoss.row_backward(self, kept, wanted, scale)
    return np.asarray(grad * weight, grad.dtype)


@nll.wrong("mean")
def ignored_items_in_the_mean(self: NLLLoss, grad_out: Upstream = 1.0) -> Any:
    """The mean leaves ignored items out, the gradient divides by all items and forgets their weights."""
    return each(lambda grad: grad * counted(self, grad), NLLLoss.backward(self, grad_out))


@margin.wrong("path", method="row_backward")
def right_class_forgotten(self: MultiMarginLoss, excess: Array, wanted: Any, scale: Upstream) -> Array:
    """The wrong classes are pushed down, but the right one, which enters every term with a minus, is not pulled up."""
    return np.maximum(MultiMarginLoss.row_backward(self, excess, wanted, 1.0), 0) * column(scale)


@margin.wrong("factor", method="row_backward")
def right_class_pulled_once(self: MultiMarginLoss, excess: Array, wanted: Any, scale: Upstream) -> Array:
    """The right class is pulled up once, not once for every class that comes within the margin."""
    grad = MultiMarginLoss.row_backward(self, excess, wanted, 1.0)
    return np.asarray(np.maximum(grad, -grad.max(axis=1, keepdims=True)) * column(scale))


@margin.wrong("mask", method="row_backward")
def margin_forgotten(self: MultiMarginLoss, excess: Array, wanted: Any, scale: Upstream) -> Array:
    """Only classes that score more than the right one are pushed down; those within the margin are left."""
    return MultiMarginLoss.row_backward(self, np.maximum(excess - self.margin, 0), wanted, scale)


@margin.wrong("mean")
def mean_over_the_classes_forgotten(self: MultiMarginLoss, grad_out: Upstream = 1.0) -> Any:
    """The terms are averaged over the classes forward, but not backward."""
    return each(lambda grad: grad * grad.shape[1], MultiMarginLoss.backward(self, grad_out))


@squared.wrong("formula", method="row_backward")
def slope_of_the_plain_hinge(self: MultiMarginLoss, excess: Array, wanted: Any, scale: Upstream) -> Array:
    """The slope of the squared excess is twice the excess, here it is one."""
    return MultiMarginLoss.row_backward(self, (excess > 0) / 2, wanted, scale)


@squared.wrong("factor", method="row_backward")
def two_of_the_square_forgotten(self: MultiMarginLoss, excess: Array, wanted: Any, scale: Upstream) -> Array:
    """The slope of the squared excess is twice the excess, here it is the excess."""
    return MultiMarginLoss.row_backward(self, excess, wanted, scale) / 2


@class_mse.wrong("factor", method="slope")
def two_forgotten(self: ClassMSELoss, prediction: Array, value: Array) -> Array:
    """The slope of the square is twice the difference, here the difference."""
    return prediction - value


@class_mse.wrong("sign", method="slope")
def turned_round(self: ClassMSELoss, prediction: Array, value: Array) -> Array:
    """The difference is taken from value to prediction, so scores leave what is wanted."""
    return 2 * (value - prediction)
