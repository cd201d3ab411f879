"""The linear conjugate gradient method as Hessian-free optimisation needs it: preconditioned, stopped early, looked
back on."""

import math
from collections.abc import Callable
from typing import NamedTuple

from ...layers.core import Array

__all__ = ["Iterate", "conjugate_gradients"]


class Iterate(NamedTuple):
    """A point on the way, and the value of the quadratic there."""

    x: Array
    value: float


def conjugate_gradients(product: Callable[[Array], Array], b: Array, start: Array,
                        precondition: Callable[[Array], Array], tolerance: float = 5e-4,
                        max_iter: int = 250) -> list[Iterate]:
    """Minimise ``value(x) = x @ A @ x / 2 - b @ x`` from ``start``; return iterates 1.3 times apart, and the last.

    ``product`` is that with A, which is positive definite; ``precondition`` that with a matrix like A's inverse.
    After i steps it stops when, over the last k = max(10, i / 10), the value has fallen by less than
    ``k * tolerance`` of itself: progress is what counts for an early stop, not the residual.

    Source: Martens 2010, "Deep learning via Hessian-free optimization", sections 4.4 and 4.6.
    """
    x, residual = start, product(start) - b
    scaled = precondition(residual)
    direction, size = -scaled, float(residual @ scaled)
    values, kept, mark = [float(x @ (residual - b)) / 2], [], 1
    for i in range(1, max_iter + 1):
        bent = product(direction)
        curvature = float(direction @ bent)
        if not size > 0 or not curvature > 0:       # solved, or at the end of what this precision can tell
            break
        x = x + size / curvature * direction
        residual = residual + size / curvature * bent
        values.append(float(x @ (residual - b)) / 2)
        if i == mark:
            kept.append(Iterate(x, values[-1]))
            mark = math.ceil(1.3 * mark) if mark > 1 else 2
        k = max(10, i // 10)
        if i > k and values[-1] < 0 and values[-1] - values[-1 - k] > k * tolerance * values[-1]:
            break
        scaled = precondition(residual)
        before, size = size, float(residual @ scaled)
        direction = size / before * direction - scaled
    if not kept or kept[-1].value != values[-1]:
        kept.append(Iterate(x, values[-1]))
    return kept
