"""Finding where a NaN or an infinity began: the first layer that gave one although it was given none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..layers.core import Array, Layer, NonFiniteError, Observer, Parameter, flatten, members, observe, replay
from ..losses import Loss

__all__ = ["check_step"]


def check_step(model: Layer, loss: Loss, x: Any, y: Array) -> None:
    """Run a batch forward and backward, changing nothing, and raise where the first non-finite value appears.

    Parameters, gradients, buffers and generators are afterwards what they were before.

    Raises: NonFiniteError that names the batch's array, the layer (its address stands in the notes) or the loss.

    Example:
        >>> x = np.array([[1.0, 0.0]])
        >>> try:
        ...     with np.errstate(divide="ignore"):
        ...         check_step(Sequential(Tanh(), Log()), MSELoss(), x, x)
        ... except chainrule.layers.core.NonFiniteError as error:
        ...     print(chainrule.layers.core.message(error))
        Log() gave 1 non-finite of 2 values, the first at [0, 1]: -inf; in layer 2 of 2 of Sequential
    """
    for name, array in (("x", x), ("y", y)):
        _check(array, f"{name} of the batch has")
    watcher = _Watcher()
    with observe(watcher), _gradients_kept(model):
        prediction = replay(model)(*flatten(x))
        watcher.after_forward((), model, flatten(x), prediction)
        if not np.isfinite(loss.forward(prediction, y)):
            raise NonFiniteError(f"{loss.title} is not finite although the prediction is")
        grad_out = loss.backward()
        _check(grad_out, f"{loss.title} gave back")
        watcher.after_backward((), model, grad_out, model.backward(grad_out))


class _Watcher(Observer):
    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        broken = [name for name, parameter in members(layer, Parameter) if not np.isfinite(parameter.data).all()]
        cause = f" because its {' and '.join(broken)} is not finite any more" if broken else ""
        _check(y, f"{layer.title} gave", cause)

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        _check(grad_x, f"{layer.title} gave back")
        for name, parameter in members(layer, Parameter):
            _check(parameter.grad, f"{layer.title} left in the gradient of its {name}")


def _check(values: Any, what: str, cause: str = "") -> None:
    for array in map(np.asarray, flatten(values)):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            bad = np.argwhere(~np.isfinite(array))
            raise NonFiniteError(f"{what} {len(bad)} non-finite of {array.size} values{cause}, "
                                 f"the first at {bad[0].tolist()}: {array[tuple(bad[0])]}")


@contextmanager
def _gradients_kept(model: Layer) -> Iterator[None]:
    before = [(parameter, parameter.grad.copy(), parameter.reached, parameter.rows)
              for parameter in model.parameters()]
    try:
        model.zero_grad()
        yield
    finally:
        for parameter, grad, reached, rows in before:
            parameter.grad = grad
            parameter.reached, parameter.rows = reached, rows
