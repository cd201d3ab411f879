"""Structural damping: a price on how much the states of recurrent layers change, inside products of curvature."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ...layers.core import Array, Layer, Observer, backward_rule, flatten, observe
from ...layers.recurrent.sequence import RNNBase

__all__ = ["structural_damping"]


class _StateTangents(Observer):
    """Collects the tangents of the states, the outputs over time, of every call of a recurrent layer."""

    def __init__(self) -> None:
        self.found: list[Array] = []

    def after_jvp(self, path: tuple[str, ...], layer: Layer, x_dot: tuple[Any, ...], y_dot: Any) -> None:
        if isinstance(layer, RNNBase):
            self.found.append(y_dot[0])


@contextmanager
def structural_damping(weight: float) -> Iterator[None]:
    """Add ``weight * J.T @ J`` to Gauss–Newton products inside the ``with`` block, J of all states in the parameters.

    J is that of the states over time that recurrent layers answer with, h for an LSTM: on the way ahead of a product
    their tangents are kept, and on its way back they join the gradients of the states. So a direction costs more the
    more it changes what the network remembers, which ordinary damping does not see. It costs no pass of its own.

    Source: Martens & Sutskever 2011, "Learning recurrent neural networks with Hessian-free optimization", section 4.

    Example:
        >>> from chainrule.backprop import gauss_newton, structural_damping
        >>> x, y = np.ones((1, 1, 1)), np.zeros((1, 1, 1))
        >>> model = Sequential(RNN(1, 1), Select(0)).astype(np.float64)
        >>> G = gauss_newton(model, MSELoss(reduction="sum"), x, y)
        >>> v = np.ones(4)
        >>> with structural_damping(2.0):      # the states are the outputs, of which MSELoss has the curvature 2
        ...     damped = G @ v
        >>> bool(np.allclose(damped, 2 * (G @ v)))
        True
    """
    states = _StateTangents()

    def rule(layer: RNNBase, grad_out: Any) -> Any:
        grad_y, *grad_states = flatten(grad_out)
        price = weight * states.found.pop()
        return layer.backward((price if grad_y is None else grad_y + price, *grad_states))

    with ExitStack() as stack:
        if weight:
            stack.enter_context(observe(states))
            stack.enter_context(backward_rule(RNNBase, rule))
        yield
