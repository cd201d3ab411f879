"""What attention does between its two products: scores become weights, and gradients of weights those of scores.

Both are written in the place of what they are made from, while it is in the cache. ``first`` is the position of the
first query where the future is hidden: query l then sees the keys up to ``first + l``. It is None where nothing is.

Shapes:
    scores, grad: (..., L, S), in C order
    log_sum:      (..., L, 1)
"""

import numpy as np

from ..core import Array
from .twin import compiled

__all__ = ["weigh", "weigh_back"]


@compiled
def weigh(scores: Array, first: int | None) -> Array:
    """Make of ``scores`` weights that sum to one over the keys, or to zero where no key is seen; return ``log_sum``.

    ``log_sum`` is the logarithm of the sum of ``exp(scores)``, and zero where no key is seen.
    """
    _hide(scores, first)
    top = scores.max(axis=-1, keepdims=True, initial=-np.inf)
    top[top == -np.inf] = 0
    weights = np.exp(np.subtract(scores, top, out=scores), out=scores)
    sums = weights.sum(axis=-1, keepdims=True)
    sums[sums == 0] = 1
    weights /= sums
    return np.asarray(top + np.log(sums))


@compiled
def weigh_back(scores: Array, grad: Array, log_sum: Array, first: int | None) -> None:
    """Make of ``scores`` the weights again, and of their gradient that of the scores.

    ``weights = exp(scores - log_sum)`` and ``grad = weights * (grad - sum(grad * weights))``
    """
    _hide(scores, first)
    weights = np.exp(np.subtract(scores, log_sum, out=scores), out=scores)
    grad -= np.einsum("...s,...s->...", grad, weights)[..., None]
    grad *= weights


def _hide(scores: Array, first: int | None) -> None:
    if first is not None:
        length, source = scores.shape[-2:]
        behind = scores[..., first + 1:]        # every query sees the keys before
        later = np.arange(first + 1, source) > np.arange(first, first + length)[:, None]
        np.copyto(behind, -np.inf, where=later)
