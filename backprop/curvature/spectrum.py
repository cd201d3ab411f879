"""What products with a symmetric matrix tell of it: its diagonal, about, and its extreme eigenvalues."""

from typing import Any

import numpy as np

from ...layers.core import Array, Epsilon, Size, ValueRangeError, check_size, default_rng
from ...layers.core.optional import scipy

__all__ = ["diagonal", "extreme_eigenvalues"]


def diagonal(operator: Any, samples: Size = 100, *, rng: np.random.Generator | None = None) -> Array:
    """Return an estimate of a square operator's diagonal, ``mean(v * (operator @ v))`` over random signs v.

    Its error falls with ``1 / sqrt(samples)``; a diagonal matrix is exact after one.

    Source: Hutchinson 1990; Bekas, Kokiopoulou & Saad 2007.

    Example:
        >>> from chainrule.backprop import diagonal
        >>> diagonal(np.diag([1.0, 2.0]), samples=1).tolist()
        [1.0, 2.0]
    """
    check_size(samples, "samples", "diagonal")
    drawn, size = default_rng(rng), operator.shape[0]
    found = np.zeros(size, operator.dtype)
    for _ in range(samples):
        v = drawn.choice([-1.0, 1.0], size).astype(operator.dtype)
        found += v * (operator @ v)
    return found / samples


def extreme_eigenvalues(operator: Any, count: Size = 1, tolerance: Epsilon = 1e-6, *,
                        rng: np.random.Generator | None = None) -> Array:
    """Return the ``count`` smallest and the ``count`` largest eigenvalues of a symmetric operator, in rising order.

    They are exact to ``tolerance`` times the width of the spectrum, or better. A small operator, which takes no more
    products than Lanczos's vectors, is formed.

    The smallest ones are sought as the largest distances from the largest one: near zero, as in a matrix with a null
    space, nothing that is judged by its own size would ever be exact enough.

    Raises: ValueRangeError for more eigenvalues than there are.

    Source: Lanczos 1950, by way of scipy.sparse.linalg.eigsh.

    Example:
        >>> from chainrule.backprop import extreme_eigenvalues
        >>> extreme_eigenvalues(np.diag([1.0, 5.0, 2.0, 3.0])).round(6).tolist()
        [1.0, 5.0]
    """
    size = operator.shape[0]
    if check_size(count, "count", "extreme_eigenvalues") > size:
        raise ValueRangeError(f"extreme_eigenvalues expected count up to {size}, the size of the operator, got {count}")
    vectors = max(2 * count + 1, 60)
    if size <= vectors:
        found = np.linalg.eigvalsh(operator @ np.eye(size, dtype=operator.dtype))
        return np.concatenate([found[:count], found[-count:]])
    start = default_rng(rng).standard_normal(size).astype(operator.dtype)

    def lanczos(matrix: Any, which: Any) -> Array:
        if not (matrix @ start).any():              # ARPACK takes no matrix of zeros
            return np.zeros(count, operator.dtype)
        return np.sort(scipy.sparse.linalg.eigsh(matrix, count, which=which, v0=start, ncv=vectors, tol=tolerance,
                                                 return_eigenvectors=False))
    operator = scipy.sparse.linalg.aslinearoperator(operator)
    largest = lanczos(operator, "LA")
    top = largest[-1]
    below = scipy.sparse.linalg.LinearOperator(operator.shape, matvec=lambda v: operator @ v - top * v,
                                               dtype=operator.dtype)
    return np.concatenate([lanczos(below, "SA") + top, largest])
