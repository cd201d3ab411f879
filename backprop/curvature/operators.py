"""Hessian, Gauss–Newton matrix and Fisher matrix of a loss in all parameters, as products with a vector."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...layers.core import Array, Entry, Layer, Parameter, ValueRangeError, call_back, call_back_jvp, call_jvp, flatten
from ...layers.core.optional import scipy
from ...losses import Loss
from ...optim.vector import gradient_vector, split
from ...training.modes import standing

__all__ = ["fisher", "gauss_newton", "hessian", "parameter_jacobian"]

Operator = Any      # a scipy.sparse.linalg.LinearOperator; SciPy loads its parts at their first use


def hessian(model: Layer, loss: Loss, x: Any, target: Any, parameters: Iterable[Parameter] | None = None) -> Operator:
    """Return the Hessian of ``loss(model(x), target)`` in the parameters: ``H @ v`` costs two passes each way.

    ``H v`` is the derivative along ``v`` of the gradient: ``jvp`` with ``v`` as the parameters' tangent, the loss's
    ``hvp``, and ``backward_jvp``. ``v`` holds the parameters one behind the other, in the order of ``parameters()``;
    where ``parameters`` names some of them, the others stand still. ``x`` is a tuple for several inputs. The forward
    pass is run now; what is returned holds for these values and this batch.

    Source: Pearlmutter 1994, "Fast exact multiplication by the Hessian".

    Example:
        >>> from chainrule.backprop import hessian
        >>> model, x = Linear(3, 1, bias=False).astype(np.float64), np.eye(3)
        >>> H = hessian(model, MSELoss(reduction="sum"), x, np.zeros((3, 1)))
        >>> (H @ np.ones(3)).round(6).tolist()
        [2.0, 2.0, 2.0]
    """
    at = _start(model, loss, x, target)
    grad_y = loss.backward()

    def back(y_dot: Any, tangent: Any) -> None:
        call_back_jvp(model, at, tangent, grad_y, None if y_dot is None else loss.hvp(y_dot))
    return _operator(model, at, x, parameters, back,
                     lambda moving: np.concatenate([parameter.grad_dot.ravel() for parameter in moving]))


def gauss_newton(model: Layer, loss: Loss, x: Any, target: Any,
                 parameters: Iterable[Parameter] | None = None) -> Operator:
    """Return the Gauss–Newton matrix ``J.T @ H_loss @ J``: positive semi-definite where the loss is convex.

    It is the Hessian without the curvature of the network, and needs no ``backward_jvp``.

    Source: Schraudolph 2002, "Fast curvature matrix-vector products".

    Example:
        >>> from chainrule.backprop import gauss_newton
        >>> model, x = Linear(3, 1, bias=False).astype(np.float64), np.eye(3)
        >>> (gauss_newton(model, MSELoss(reduction="sum"), x, np.zeros((3, 1))) @ np.ones(3)).round(6).tolist()
        [2.0, 2.0, 2.0]
    """
    at = _start(model, loss, x, target)

    def back(y_dot: Any, tangent: Any) -> None:
        call_back(model, at, loss.hvp(y_dot), needs_input_grad=False)
    return _operator(model, at, x, parameters, back, gradient_vector)


def parameter_jacobian(model: Layer, x: Any, parameters: Iterable[Parameter] | None = None) -> Operator:
    """Return the derivative of all values of ``model.forward(x)`` by the parameters, (y.size, parameters' size).

    ``J @ v`` is one ``jvp``, ``J.T @ u`` one ``backward``. As with ``hessian``, ``parameters`` names some of them.

    Source: Griewank & Walther 2008, chapter 3.

    Example:
        >>> from chainrule.backprop import parameter_jacobian
        >>> model, x = Linear(3, 1, bias=False).astype(np.float64), np.eye(3)
        >>> (parameter_jacobian(model, x).T @ np.array([1.0, 2.0, 3.0])).tolist()
        [1.0, 2.0, 3.0]
    """
    y = np.asarray(model.forward(*flatten(x)))
    at = Entry(model, model.point())
    moving = list(model.parameters() if parameters is None else parameters)

    def ahead(v: Array) -> Array:
        with _moved(model, moving, v):
            y_dot, _ = call_jvp(model, at, *[None] * len(flatten(x)))
            return np.asarray(y_dot).ravel()

    def back(u: Array) -> Array:
        with _moved(model, moving):
            model.zero_grad()
            call_back(model, at, np.asarray(u.reshape(y.shape), y.dtype), needs_input_grad=False)
            return gradient_vector(moving)
    shape = y.size, sum(parameter.size for parameter in moving)
    return scipy.sparse.linalg.LinearOperator(shape, matvec=ahead, rmatvec=back, dtype=y.dtype)


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
    with _moved(model, parameters):
        for index in range(len(x)):
            model.zero_grad()
            loss.forward(model.forward(x[index:index + 1]), target[index:index + 1])
            model.backward(loss.backward())
            rows.append(gradient_vector(parameters))
    matrix = np.stack(rows) / np.sqrt(len(rows))
    size = matrix.shape[1]
    return scipy.sparse.linalg.LinearOperator((size, size), matvec=lambda v: matrix.T @ (matrix @ v.ravel()),
                                              rmatvec=lambda v: matrix.T @ (matrix @ v.ravel()), dtype=matrix.dtype)


def _start(model: Layer, loss: Loss, x: Any, target: Any) -> Entry:
    loss.forward(model.forward(*flatten(x)), target)
    return Entry(model, model.point())


def _operator(model: Layer, at: Entry, x: Any, parameters: Iterable[Parameter] | None, back: Callable[[Any, Any], None],
              read: Callable[[list[Parameter]], Array]) -> Operator:
    """Return the operator that sends parameters along a vector, goes ``back``, and reads what that has left in them."""
    moving = list(model.parameters() if parameters is None else parameters)
    if not moving:
        raise ValueRangeError(f"a second derivative expected parameters to be taken in, got none of {model.title}")
    size = sum(parameter.size for parameter in moving)

    def matvec(v: Array) -> Array:
        with _moved(model, moving, v):
            y_dot, tangent = call_jvp(model, at, *[None] * len(flatten(x)))
            model.zero_grad()
            back(y_dot, tangent)
            return read(moving)
    return scipy.sparse.linalg.LinearOperator((size, size), matvec=matvec, rmatvec=matvec, dtype=moving[0].dtype)


@contextmanager
def _moved(model: Layer, moving: list[Parameter], v: Array | None = None) -> Iterator[None]:
    """Send some parameters along ``v`` and let the others stand; put tangents and gradients back afterwards."""
    kept = [(parameter, parameter.grad.copy(), parameter.reached) for parameter in model.parameters()]
    with standing(model):
        if v is not None:
            for parameter, piece in zip(moving, split(moving, v.ravel()), strict=True):
                parameter.dot = piece
        try:
            yield
        finally:
            for parameter, grad, reached in kept:
                parameter.grad, parameter.reached = grad, reached
