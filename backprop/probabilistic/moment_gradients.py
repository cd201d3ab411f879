"""The upstream gradient of a pair of mean and variance, checked; None stands for zero."""

import numpy as np
import numpy.typing as npt

from ...layers.core import Array, Layer, Shape, as_dtype, check_shape

__all__ = ["moment_gradients"]


def moment_gradients(grad_out: tuple[Array | None, Array | None], shape: Shape, dtype: npt.DTypeLike,
                     owner: Layer) -> tuple[Array, Array]:
    """Return the gradients of mean and variance in ``dtype``."""
    found = []
    for name, grad in zip(("grad_mean", "grad_var"), grad_out, strict=True):
        if grad is not None:
            check_shape(grad, shape, name=name, owner=owner)
        found.append(np.zeros(shape, dtype) if grad is None else as_dtype(grad, dtype))
    return found[0], found[1]
