"""Hessian, Gauss–Newton matrix and Fisher matrix of a loss in all parameters, as products with a vector."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...layers.core import Array, Entry, Layer, Parameter, call_back, call_back_jvp, call_jvp
from ...layers.core.optional import scipy
from ...losses import Loss

__all__ = ["fisher", "gauss_newton", "hessian"]

Operator = Any      # a scipy.sparse.linalg.LinearOperator; SciPy loads its parts at their first use


def hessian(model: Layer, loss: Loss, x: Array, target: Any) -> Operator:
    """Return the Hessian of ``loss(model(x), target)`` in the parameters: ``H @ v`` costs two passes each way.

    ``H v`` is the derivative along ``v`` of the gradient: ``jvp`` with ``v`` as the parameters' tangent, the loss's
    ``hvp``, and ``backward_jvp``. ``v`` holds the parameters one behind the other, in the order of ``parameters()``.
    The forward pass is run now; what is returned holds for these parameters and this batch.

    Source: Pearlmutter 1994, "Fast exact multiplication by the Hessian".

    Example:
        >>> from chainrule.backprop import hessian
        >>> model, x = Linear(3, 1, bias=False).astype(np.float64), np.eye(3)
        >>> H = hessian(model, MSELoss(reduction="sum"), x, np.zeros((3, 1)))
        >>> (H @ np.ones(3)).round(6).tolist()
        [2.0, 2.0, 2.0]
    """
    at, parameters = _start(model, loss, x, target)
    grad_y = loss.backward()

    def back(y_dot: Any, tangent: Any) -> None:
        call_back_jvp(model, at, tangent, grad_y, None if y_dot is None else loss.hvp(y_dot))
    return _operator(model, at, parameters, back, lambda parameter: parameter.grad_dot)


def gauss_newton(model: Layer, loss: Loss, x: Array, target: Any) -> Operator:
    """Return the Gauss–Newton matrix ``J.T @ H_loss @ J``: positive semi-definite where the loss is convex.

    It is the Hessian without the curvature of the network, and needs no ``backward_jvp``.

    Source: Schraudolph 2002, "Fast curvature matrix-vector products".

    Example:
        >>> from chainrule.backprop import gauss_newton
        >>> model, x = Linear(3, 1, bias=False).astype(np.float64), np.eye(3)
        >>> (gauss_newton(model, MSELoss(reduction="sum"), x, np.zeros((3, 1))) @ np.ones(3)).round(6).tolist()
        [2.0, 2.0, 2.0]
    """
    at, parameters = _start(model, loss, x, target)

    def back(y_dot: Any, tangent: Any) -> None:
        call_back(model, at, loss.hvp(y_dot), needs_input_grad=False)
    return _operator(model, at, parameters, back, lambda parameter: parameter.grad)


def fisher(model: Layer, loss: Loss, x: Array, target: Any) -> Operator:
    """Return the empirical Fisher matrix, ``sum(g @ g.T) / N`` over the gradients g of every sample's own loss.

    The N gradients are computed now, one sample at a time, and kept: N times the parameters.

    Source: Martens 2020, "New insights and perspectives on the natural gradient method", section 11.

    Example:
        >>> from chainrule.backprop import fisher
        >>> model, x = Linear(3, 1, bias=False).astype(np.float64), np.eye(3)
        >>> fisher(model, MSELoss(), x, np.ones((3, 1))).shape
        (3, 3)
    """
    parameters, rows = list(model.parameters()), []
    before = [parameter.grad.copy() for parameter in parameters]
    for index in range(len(x)):
        model.zero_grad()
        loss.forward(model.forward(x[index:index + 1]), target[index:index + 1])
        model.backward(loss.backward())
        rows.append(_joined([parameter.grad for parameter in parameters]))
    for parameter, grad in zip(parameters, before, strict=True):
        parameter.grad = grad
    matrix = np.stack(rows) / np.sqrt(len(rows))
    size = matrix.shape[1]
    return scipy.sparse.linalg.LinearOperator((size, size), matvec=lambda v: matrix.T @ (matrix @ v.ravel()),
                                              rmatvec=lambda v: matrix.T @ (matrix @ v.ravel()), dtype=matrix.dtype)


def _start(model: Layer, loss: Loss, x: Array, target: Any) -> tuple[Entry, list[Parameter]]:
    loss.forward(model.forward(x), target)
    return Entry(model, model.point()), list(model.parameters())


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])


def _operator(model: Layer, at: Entry, parameters: list[Parameter], back: Callable[[Any, Any], None],
              part: Callable[[Parameter], Array]) -> Operator:
    """Return the operator that sends the parameters along a vector, goes ``back``, and reads ``part`` of each."""
    size = sum(parameter.size for parameter in parameters)

    def matvec(v: Array) -> Array:
        kept = [(parameter.dot, parameter.grad.copy()) for parameter in parameters]
        pieces = np.split(v.ravel(), np.cumsum([parameter.size for parameter in parameters])[:-1])
        for parameter, piece in zip(parameters, pieces, strict=True):
            parameter.dot = piece.reshape(parameter.shape).astype(parameter.dtype)
        y_dot, tangent = call_jvp(model, at, None)
        model.zero_grad()
        back(y_dot, tangent)
        found = _joined([part(parameter).copy() for parameter in parameters])
        for parameter, (dot, grad) in zip(parameters, kept, strict=True):
            parameter.dot, parameter.grad = dot, grad
        return found
    return scipy.sparse.linalg.LinearOperator((size, size), matvec=matvec, rmatvec=matvec, dtype=parameters[0].dtype)
