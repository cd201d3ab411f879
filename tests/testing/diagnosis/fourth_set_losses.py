"""The fourth set of wrong layers: softmax and losses."""

import numpy as np

from chainrule.layers import LogSoftmax, Softmax
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, HuberLoss, KLDivLoss, MSELoss, SmoothL1Loss

from .fourth_set import ROWS, sigmoid, wrong

PAIR = ((7, 5), (7, 5))
SCORES = ((6, 4), np.array([2, 0, 3, 3, 1, 2]))
TRUTH = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 0]], np.float32)
SHARES = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.25, 0.35, 0.4], [0.6, 0.3, 0.1]], np.float32)


class PlainSoftmax(Softmax):
    def forward(self, x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        self.cache = e / e.sum(axis=-1, keepdims=True)
        return self.cache

    def backward(self, grad_out):
        y = self.saved()
        return y * (grad_out - (grad_out * y).sum(axis=-1, keepdims=True))


@wrong("path", ROWS)
class SoftmaxDiagonalOfTheJacobian(PlainSoftmax):
    def backward(self, grad_out):
        y = self.saved()
        return grad_out * y * (1 - y)


@wrong("batch", ROWS)
class SoftmaxDividesByTheSumOfAll(PlainSoftmax):
    def forward(self, x):
        e = np.exp(x - np.max(x))
        self.cache = e / np.sum(e)
        return self.cache

    def backward(self, grad_out):
        y = self.saved()
        return y * (grad_out - np.sum(grad_out * y))


@wrong("order", (4, 4))
class SoftmaxKeepdimsForgotten(PlainSoftmax):
    def backward(self, grad_out):
        y = self.saved()
        return y * (grad_out - (grad_out * y).sum(axis=-1))


@wrong("sign", ROWS)
class SoftmaxOuterProductAdded(PlainSoftmax):
    def backward(self, grad_out):
        grad_x = np.empty_like(grad_out)
        for row, (y, gradient) in enumerate(zip(self.saved(), grad_out, strict=True)):
            jacobian = np.diag(y) + np.outer(y, y)
            grad_x[row] = jacobian @ gradient
        return grad_x


@wrong("argument", ROWS)
class SoftmaxShiftsItsInput(PlainSoftmax):
    def forward(self, x):
        x -= x.max(axis=-1, keepdims=True)
        return super().forward(x)


@wrong("upstream", ROWS)
class LogSoftmaxExpectsOneHotGradients(LogSoftmax):
    def forward(self, x):
        shifted = x - x.max(axis=-1, keepdims=True)
        y = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        self.cache = y
        return y

    def backward(self, grad_out):
        return grad_out - np.exp(self.saved())


class PlainMSELoss(MSELoss):
    def forward(self, prediction, target):
        self.cache = prediction - target
        return float(np.mean(self.cache ** 2))

    def backward(self, grad_out=1.0):
        difference = self.saved()
        return grad_out * 2 * difference / difference.size


@wrong("mean", *PAIR)
class MSELossAveragedOverRowsAlone(PlainMSELoss):
    def forward(self, prediction, target):
        self.cache = prediction - target
        return float(np.sum(self.cache ** 2)) / len(prediction)

    def backward(self, grad_out=1.0):
        difference = self.saved()
        return grad_out * 2 * difference / len(difference)


@wrong("factor", *PAIR)
class MSELossTwoForgotten(PlainMSELoss):
    def backward(self, grad_out=1.0):
        difference = self.saved()
        return grad_out * difference / difference.size


@wrong("sign", *PAIR)
class MSELossTargetMinusPrediction(PlainMSELoss):
    def backward(self, grad_out=1.0):
        error = -self.saved()
        return grad_out * 2 / error.size * error


@wrong("upstream", *PAIR)
class MSELossIsTheEndOfTheChain(PlainMSELoss):
    def backward(self, grad_out=1.0):
        difference = self.saved()
        return 2 * difference / difference.size


class PlainCrossEntropyLoss(CrossEntropyLoss):
    def forward(self, prediction, target):
        probability = self.probabilities(prediction)
        items = np.arange(len(target))
        self.cache = probability, target
        return float(-np.log(probability[items, target]).mean())

    def probabilities(self, prediction):
        e = np.exp(prediction - prediction.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, grad_out=1.0):
        probability, target = self.saved()
        grad = probability.copy()
        grad[np.arange(len(target)), target] -= 1
        return grad * (grad_out / len(target))


@wrong("mean", *SCORES)
class CrossEntropyLossBatchSizeForgottenGoingBack(PlainCrossEntropyLoss):
    def backward(self, grad_out=1.0):
        probability, target = self.saved()
        return grad_out * (probability - np.eye(probability.shape[1], dtype=probability.dtype)[target])


@wrong("argument", *SCORES)
class CrossEntropyLossShiftsTheScores(PlainCrossEntropyLoss):
    def probabilities(self, prediction):
        prediction -= np.max(prediction, axis=1, keepdims=True)
        return super().probabilities(prediction)


@wrong("path", *SCORES)
class CrossEntropyLossRightClassesAlone(PlainCrossEntropyLoss):
    def backward(self, grad_out=1.0):
        probability, target = self.saved()
        items = np.arange(len(target))
        grad = np.zeros_like(probability)
        grad[items, target] = probability[items, target] - 1
        return grad * (grad_out / len(target))


@wrong("order", *SCORES)
class CrossEntropyLossClassesFromOne(PlainCrossEntropyLoss):
    def forward(self, prediction, target):
        return super().forward(prediction, target - 1)


@wrong("formula", *SCORES)
class CrossEntropyLossSoftmaxTwice(PlainCrossEntropyLoss):
    """A softmax stands before the one of the loss."""

    def forward(self, prediction, target):
        first = self.probabilities(prediction)
        loss = super().forward(first, target)
        self.cache = first, *self.cache
        return loss

    def backward(self, grad_out=1.0):
        first, second, target = self.saved()
        wanted = np.eye(second.shape[1], dtype=second.dtype)[target]
        grad = (second - wanted) * (grad_out / len(target))
        return first * (grad - (grad * first).sum(axis=1, keepdims=True))


@wrong("mask", (6, 4), np.array([2, 0, 3, 0, 1, 2]), ignore_index=0)
class CrossEntropyLossIgnoredRowsLearn(PlainCrossEntropyLoss):
    def forward(self, prediction, target):
        probability = self.probabilities(prediction)
        used = target != self.ignore_index
        self.cache = probability, target, used.sum()
        return float(-np.log(probability[used, target[used]]).mean())

    def backward(self, grad_out=1.0):
        probability, target, count = self.saved()
        grad = probability.copy()
        grad[np.arange(len(target)), target] -= 1
        return (grad * grad_out / int(count)).astype(probability.dtype)


class PlainBCEWithLogitsLoss(BCEWithLogitsLoss):
    def forward(self, prediction, target):
        self.cache = prediction, target
        p = sigmoid(prediction)
        return float(np.mean(-self.heavy() * target * np.log(p) - (1 - target) * np.log(1 - p)))

    def heavy(self):
        return 1 if self.pos_weight is None else self.pos_weight.data

    def backward(self, grad_out=1.0):
        prediction, target = self.saved()
        return (grad_out / target.size) * self.slope_of(sigmoid(prediction), target)

    def slope_of(self, p, target):
        return (1 - target) * p - self.heavy() * target * (1 - p)


@wrong("factor", (5, 3), TRUTH, pos_weight=(3.0, 0.5, 2.0))
class BCEWithLogitsLossPositiveWeightForgottenGoingBack(PlainBCEWithLogitsLoss):
    def slope_of(self, p, target):
        return p - target


@wrong("factor", (5, 3), TRUTH)
class BCEWithLogitsLossSigmoidSlopeOnceMore(PlainBCEWithLogitsLoss):
    def slope_of(self, p, target):
        return (p - target) * p * (1 - p)


@wrong("mean", (5, 3), TRUTH)
class BCEWithLogitsLossSumsOverLabels(PlainBCEWithLogitsLoss):
    def forward(self, prediction, target):
        return super().forward(prediction, target) * prediction.shape[1]

    def backward(self, grad_out=1.0):
        return super().backward(grad_out) * self.saved()[0].shape[1]


class PlainHuberLoss(HuberLoss):
    def forward(self, prediction, target):
        d = prediction - target
        self.cache = d
        far = self.delta * (np.abs(d) - 0.5 * self.delta)
        return float(np.where(np.abs(d) <= self.delta, 0.5 * d ** 2, far).mean())


@wrong("factor", *PAIR, delta=0.5)
class HuberLossDeltaForgottenFarOut(PlainHuberLoss):
    def backward(self, grad_out=1.0):
        d = self.saved()
        return grad_out * np.where(np.abs(d) <= self.delta, d, np.sign(d)) / d.size


@wrong("mask", *PAIR, delta=0.8)
class HuberLossNearAndFarExchangedGoingBack(PlainHuberLoss):
    def backward(self, grad_out=1.0):
        d = self.saved()
        return grad_out * np.where(np.abs(d) > self.delta, d, self.delta * np.sign(d)) / d.size


@wrong("sign", *PAIR, beta=0.7)
class SmoothL1LossSignForgottenFarOut(SmoothL1Loss):
    def forward(self, prediction, target):
        d = prediction - target
        self.cache = d
        near = np.abs(d) < self.beta
        return float(np.where(near, d ** 2 / (2 * self.beta), np.abs(d) - self.beta / 2).mean())

    def backward(self, grad_out=1.0):
        d = self.saved()
        return np.where(np.abs(d) < self.beta, d / self.beta, 1) * (grad_out / d.size)


@wrong("mean", (4, 3), SHARES, reduction="batchmean")
class KLDivLossMeanOverElements(KLDivLoss):
    def forward(self, prediction, target):
        self.cache = target
        return float(np.mean(target * (np.log(target) - prediction)))

    def backward(self, grad_out=1.0):
        target = self.saved()
        return -grad_out * target / target.size
