"""The Jacobian as a matrix, column by column or row by row, whichever are fewer."""

from typing import Annotated

import numpy as np

from ...layers.core import Array, Entry, Layer, OneOf, call_back, call_jvp, check_choice
from ...training.modes import frozen, standing

__all__ = ["full_jacobian"]


def full_jacobian(model: Layer, x: Array, mode: Annotated[str, OneOf("auto", "forward", "reverse")] = "auto") -> Array:
    """Return the derivative of all values of ``model.forward(x)`` by all values of ``x``, (y.size, x.size).

    Forward mode takes one ``jvp`` for each value of ``x``, reverse mode one ``backward`` for each value of y; "auto"
    takes the mode with fewer. Parameters and their gradients are left alone.

    Source: Griewank & Walther 2008, chapter 3.

    Example:
        >>> from chainrule.backprop import full_jacobian
        >>> model = Linear(3, 2)
        >>> bool((full_jacobian(model, np.zeros((1, 3), np.float32)) == model.weight.data).all())
        True
    """
    check_choice(mode, ("auto", "forward", "reverse"), name="mode", owner="full_jacobian")
    y = np.asarray(model.forward(x))
    at = Entry(model, model.point())
    matrix = np.zeros((y.size, x.size), y.dtype)
    if mode == "forward" or (mode == "auto" and x.size <= y.size):
        with standing(model):
            for column, unit in enumerate(np.eye(x.size, dtype=x.dtype)):
                y_dot, _ = call_jvp(model, at, unit.reshape(x.shape))
                if y_dot is not None:
                    matrix[:, column] = y_dot.ravel()
    else:
        with frozen(model):
            for row, unit in enumerate(np.eye(y.size, dtype=y.dtype)):
                grad_x = call_back(model, at, unit.reshape(y.shape))
                if grad_x is not None:
                    matrix[row] = grad_x.ravel()
    return matrix
