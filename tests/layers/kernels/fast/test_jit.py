"""Functions that are compiled for several threads: every part is done once, with tuples inside of tuples."""

from typing import NamedTuple

import numpy as np
import pytest

pytest.importorskip("numba")
from chainrule.layers.kernels import set_num_threads, shares
from chainrule.layers.kernels.fast.jit import shared


class Pair(NamedTuple):
    factors: np.ndarray
    sizes: tuple[int, int]


@shared
def scale(part, start, stop, x, pair, extra, parts):
    for i in range(start, stop):
        x[i] += pair.factors[i] * (pair.sizes[0] + pair.sizes[1])
        if extra is not None:
            x[i] += extra[0]
        parts[i] = part


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("extra", [None, np.array([5.0])])
def test_every_part_is_done_once(threads, extra):
    set_num_threads(threads)
    x, parts = np.zeros(7), np.full(7, -1)
    scale(shares(7, 1 << 30), x, Pair(np.arange(7.0), (2, 3)), extra, parts)
    np.testing.assert_array_equal(x, 5 * np.arange(7) + (0 if extra is None else 5))
    wanted = np.concatenate([[part] * (7 * (part + 1) // threads - 7 * part // threads) for part in range(threads)])
    np.testing.assert_array_equal(parts, wanted)
