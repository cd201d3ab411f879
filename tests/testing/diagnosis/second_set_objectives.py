"""Wrong losses and wrong optimisers as students write them."""

import math
from typing import Any

import numpy as np

from chainrule.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from chainrule.optim import SGD, Adagrad, Adam, AdamW, RMSprop

from .second_set import Wrong, wrong

RNG = np.random.default_rng(20261121)
P, T = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 3))
SHARE, BIT = RNG.uniform(0.1, 0.9, (5, 3)), RNG.integers(0, 2, (5, 3)).astype(float)
LOGIT, LABEL = RNG.standard_normal((6, 4)), np.array([0, 3, 1, 1, 2, 0])
LOG_SHARE = np.log(np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]))
WANTED = np.array([[0.1, 0.7, 0.2], [0.3, 0.3, 0.4]])


@wrong("factor", P, T)
class MSEWithoutTwo(MSELoss):
    def backward(self, grad_out=1.0):
        return super().backward(grad_out) / 2


@wrong("factor", P, T)
class MSEHalved(MSELoss):
    def forward(self, prediction, target):
        return super().forward(prediction, target) / 2


@wrong("mean", P, T)
class MSEByRows(MSELoss):
    def backward(self, grad_out=1.0):
        """Divided by the rows and not by the numbers."""
        return super().backward(grad_out) * (3 if self.reduction == "mean" else 1)


@wrong("sign", P, T)
class MSETurned(MSELoss):
    def backward(self, grad_out=1.0):
        return -super().backward(grad_out)


@wrong("mean", P, T)
class L1Summed(L1Loss):
    def backward(self, grad_out=1.0):
        return super().backward(grad_out) * (P.size if self.reduction == "mean" else 1)


@wrong("formula", P, T)
class L1ByDifference(L1Loss):
    def backward(self, grad_out=1.0):
        """The difference itself, not its sign."""
        prediction, target = self.saved().own
        return np.abs(super().backward(grad_out)) * (prediction - target)


@wrong("factor", P, T, beta=2.0)
class SmoothL1WithoutBeta(SmoothL1Loss):
    def forward(self, prediction, target):
        """The quadratic part is not divided by beta."""
        super().forward(prediction, target)
        d = np.abs(prediction - target)
        terms = np.where(d < 2.0, d ** 2 / 2, d - 1.0)
        return {"none": terms, "sum": float(terms.sum()), "mean": float(terms.mean())}[self.reduction]


class StudentCrossEntropy(CrossEntropyLoss):
    def forward(self, prediction, target):
        self.right = np.arange(prediction.shape[1]) == target[:, None]
        return super().forward(prediction, target)


@wrong("mean", LOGIT, LABEL)
class CrossEntropyGradientSummed(CrossEntropyLoss):
    def backward(self, grad_out=1.0):
        return super().backward(grad_out) * (6 if self.reduction == "mean" else 1)


@wrong("upstream", LOGIT, LABEL)
class CrossEntropyIsTheEnd(CrossEntropyLoss):
    def backward(self, grad_out=1.0):
        return super().backward(np.ones(6) if self.reduction == "none" else 1.0)


@wrong("sign", LOGIT, LABEL)
class CrossEntropyPositive(CrossEntropyLoss):
    def forward(self, prediction, target):
        return -super().forward(prediction, target)


@wrong("path", LOGIT, LABEL)
class CrossEntropyTargetAlone(StudentCrossEntropy):
    def backward(self, grad_out=1.0):
        """Only the column of the right class gets a gradient."""
        grad = super().backward(grad_out)
        return grad * self.right


@wrong("path", LOGIT, LABEL)
class CrossEntropyNoOneHot(StudentCrossEntropy):
    def backward(self, grad_out=1.0):
        """One is not taken away from the right class."""
        grad = super().backward(grad_out)
        scale = np.asarray(grad_out).reshape(-1, 1) / (6 if self.reduction == "mean" else 1)
        return grad + scale * self.right


@wrong("sign", LOG_SHARE, np.array([0, 2]))
class NLLUphill(NLLLoss):
    def backward(self, grad_out=1.0):
        return -super().backward(grad_out)


@wrong("path", SHARE, BIT)
class BCEOnesAlone(BCELoss):
    def forward(self, prediction, target):
        """The second half of the sum is forgotten."""
        super().forward(prediction, target)
        terms = -target * np.log(prediction)
        return {"none": terms, "sum": float(terms.sum()), "mean": float(terms.mean())}[self.reduction]


@wrong("factor", SHARE, BIT)
class BCEOfLogits(BCELoss):
    def backward(self, grad_out=1.0):
        """prediction - target, which is the gradient of the logits."""
        prediction = self.saved().own[0]
        return super().backward(grad_out) * prediction * (1 - prediction)


@wrong("factor", P, BIT)
class BCEWithLogitsSlope(BCEWithLogitsLoss):
    def backward(self, grad_out=1.0):
        """The slope of the sigmoid is multiplied in once more."""
        y = 1 / (1 + np.exp(-self.saved().own[0]))
        return super().backward(grad_out) * y * (1 - y)


@wrong("mean", LOG_SHARE, WANTED, reduction="batchmean")
class KLDivByAll(KLDivLoss):
    def forward(self, prediction, target):
        return super().forward(prediction, target) / (3 if self.reduction == "batchmean" else 1)


OPTIMIZERS: list[Wrong] = []


def wrong_step(family: str, **options: Any):
    """Enter an optimiser into the set."""
    def enter(kind: type) -> type:
        OPTIMIZERS.append(Wrong(kind, options, (), family))
        return kind
    return enter


@wrong_step("sign", lr=0.1, momentum=0.9)
class SGDMinusMomentum(SGD):
    def update(self, w, grad, state, step, group):
        v = state["momentum_buffer"]
        v[...] = grad - group["momentum"] * v
        w -= group["lr"] * v


@wrong_step("path", lr=0.1, momentum=0.9)
class SGDForgetsVelocity(SGD):
    def update(self, w, grad, state, step, group):
        w -= group["lr"] * grad


@wrong_step("formula", lr=0.1, momentum=0.9, nesterov=True)
class SGDNesterovIsPlain(SGD):
    def update(self, w, grad, state, step, group):
        v = state["momentum_buffer"]
        v[...] = group["momentum"] * v + grad
        w -= group["lr"] * v


@wrong_step("factor", lr=0.1, momentum=0.9)
class SGDDampened(SGD):
    def update(self, w, grad, state, step, group):
        """A mean of gradients, with 1 - momentum before the new one."""
        v = state["momentum_buffer"]
        v[...] = group["momentum"] * v + (1 - group["momentum"]) * grad
        w -= group["lr"] * v


class StudentAdam(Adam):
    def update(self, w, grad, state, step, group):
        m, v = state["exp_avg"], state["exp_avg_sq"]
        beta1, beta2 = group["betas"]
        m[...] = beta1 * m + (1 - beta1) * grad
        v[...] = beta2 * v + (1 - beta2) * self.square(grad)
        w -= group["lr"] * self.direction(m, v, step, beta1, beta2, group["eps"])

    def square(self, grad):
        return grad ** 2

    def direction(self, m, v, step, beta1, beta2, eps):
        return m / (1 - beta1 ** step) / (np.sqrt(v / (1 - beta2 ** step)) + eps)


@wrong_step("factor", lr=0.1)
class AdamUncorrected(StudentAdam):
    def direction(self, m, v, step, beta1, beta2, eps):
        return m / (np.sqrt(v) + eps)


@wrong_step("factor", lr=0.1)
class AdamCorrectsWithoutStep(StudentAdam):
    def direction(self, m, v, step, beta1, beta2, eps):
        return super().direction(m, v, 1, beta1, beta2, eps)


@wrong_step("formula", lr=0.1, eps=0.01)
class AdamEpsInside(StudentAdam):
    def direction(self, m, v, step, beta1, beta2, eps):
        return m / (1 - beta1 ** step) / np.sqrt(v / (1 - beta2 ** step) + eps)


@wrong_step("formula", lr=0.1)
class AdamAbsolute(StudentAdam):
    def square(self, grad):
        return np.abs(grad)


@wrong_step("formula", lr=0.1)
class AdamWithoutRoot(StudentAdam):
    def direction(self, m, v, step, beta1, beta2, eps):
        return m / (1 - beta1 ** step) / (v / (1 - beta2 ** step) + eps)


@wrong_step("path", lr=0.1, weight_decay=0.1)
class AdamWWithoutDecay(AdamW):
    own_decay = True


@wrong_step("formula", lr=0.1, weight_decay=0.1)
class AdamWDecaysGradient(AdamW):
    """As Adam: the decay goes through the moments."""

    own_decay = True

    def update(self, w, grad, state, step, group):
        super().update(w, grad + group["weight_decay"] * w, state, step, group)


@wrong_step("formula", lr=0.1)
class RMSpropWithoutRoot(RMSprop):
    def update(self, w, grad, state, step, group):
        v = state["square_avg"]
        v[...] = group["alpha"] * v + (1 - group["alpha"]) * grad ** 2
        w -= group["lr"] * grad / (v + group["eps"])


@wrong_step("factor", lr=0.1, alpha=0.9)
class RMSpropAlphaTurned(RMSprop):
    def update(self, w, grad, state, step, group):
        v = state["square_avg"]
        v[...] = (1 - group["alpha"]) * v + group["alpha"] * grad ** 2
        w -= group["lr"] * grad / (np.sqrt(v) + group["eps"])


@wrong_step("accumulate", lr=0.1)
class AdagradForgets(Adagrad):
    def update(self, w, grad, state, step, group):
        state["sum"][...] = grad ** 2
        w -= group["lr"] * grad / (np.sqrt(state["sum"]) + group["eps"])


@wrong_step("factor", lr=0.1)
class AdagradDecaysTwice(Adagrad):
    def update(self, w, grad, state, step, group):
        """The learning rate is divided by the root of the step as well."""
        squares = state["sum"]
        squares += grad ** 2
        w -= group["lr"] / math.sqrt(step) * grad / (np.sqrt(squares) + group["eps"])
