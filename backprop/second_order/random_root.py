"""Random vectors whose outer products have a loss's curvature for their mean: what one backward pass can carry."""

import numpy as np

from ...layers.core import Array, ValueRangeError
from ...losses import CrossEntropyLoss, Loss
from ...losses.class_loss import from_rows
from ...losses.elementwise_loss import ElementwiseLoss

__all__ = ["random_root"]


def random_root(loss: Loss, rng: np.random.Generator) -> Array:
    """Return a random u, of the shape of the last prediction, for which the mean of ``u @ u.T`` is the loss's Hessian.

    Formula: u = sqrt(h) * signs                                   where every element h is curved alone
             u = sqrt(scale) * (sqrt(p) * signs - p * (sqrt(p) @ signs)),  p = softmax(prediction), in each row

    Going back with u makes a gradient g for which the mean of ``g @ g.T`` is the Gauss–Newton matrix.

    Raises: ValueRangeError for a loss of another family, or not convex here.

    Source: Chapelle & Erhan 2011; Martens, Sutskever & Swersky 2012, "Estimating the Hessian by back-propagating
    curvature".
    """
    own, _, _, divisor = loss.point()
    if isinstance(loss, ElementwiseLoss):
        curvature = np.asarray(loss.hvp(np.ones_like(own.prediction)))
        if curvature.size and curvature.min() < 0:
            raise ValueRangeError(f"second-order training expected a convex loss, got {loss.title}")
        return np.asarray(np.sqrt(curvature) * _signs(curvature, rng))
    if isinstance(loss, CrossEntropyLoss):
        probability = own.kept
        root = np.sqrt(probability)
        signed = root * _signs(root, rng)
        scale = np.sqrt(own.wanted.mass(probability) / divisor)[:, None]
        rows = scale * (signed - probability * signed.sum(axis=1, keepdims=True))
        return from_rows(np.asarray(rows, root.dtype), own.shape)
    raise ValueRangeError(f"second-order training expected CrossEntropyLoss or a loss of every element alone, such as "
                          f"MSELoss, where random gradients are drawn, got {loss.title}")


def _signs(like: Array, rng: np.random.Generator) -> Array:
    return (2 * rng.integers(0, 2, like.shape) - 1).astype(like.dtype)
