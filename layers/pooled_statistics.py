"""Statistics of a batch whose samples lie on several processes, from those of the samples that each has."""

from typing import TypeVar, cast

import numpy as np

from .core import Array, all_reduce_

__all__ = ["Sums", "pooled_moments", "pooled_sums"]

Sums = TypeVar("Sums", bound=tuple[Array, ...])


def pooled_moments(mean: Array, var: Array, count: int) -> tuple[Array, Array, int]:
    """Return mean, biased variance and number of values of every channel over all processes.

    Formula: mean = sum(count_r * mean_r) / sum(count_r)
             var  = sum(count_r * (var_r + (mean_r - mean)**2)) / sum(count_r), in float64: no digits cancel

    Shapes:
        mean, var: (C, 1); not read where ``count`` is 0

    Source: Chan, Golub & LeVeque 1979, equation 2.1.
    """
    sums = np.zeros(len(mean) + 1)
    if count:
        sums[:-1], sums[-1] = count * mean[:, 0].astype(np.float64), count
    all_reduce_(sums)
    total = sums[-1:]
    center = sums[:-1] / np.maximum(total, 1)
    squares = count * (var[:, 0] + (mean[:, 0] - center) ** 2) if count else np.zeros(len(mean))
    all_reduce_(squares)
    pooled = squares / np.maximum(total, 1)
    return center[:, None].astype(mean.dtype), pooled[:, None].astype(var.dtype), int(total[0])


def pooled_sums(sums: Sums, count: int) -> Sums:
    """Return what sums over the ``count`` values of this process are to the mean over all processes.

    Formula: sums = count * sum(sums_r) / sum(count_r), so that ``sums / count`` is that mean

    Shapes:
        sums: (C, 1) each
    """
    flat = np.concatenate([*(each[:, 0] for each in sums), [count]], dtype=np.float64)
    all_reduce_(flat)
    whole = flat[:-1] * (count / max(flat[-1], 1.0))
    return cast(Sums, tuple(part[:, None].astype(each.dtype) for part, each in
                            zip(np.split(whole, len(sums)), sums, strict=True)))
