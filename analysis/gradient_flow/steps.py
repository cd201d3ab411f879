"""A network seen as a product of Jacobians at one sample, none of which is ever formed."""

import copy
from typing import NamedTuple

import numpy as np

from ...layers.batch_norm import BatchNorm
from ...layers.core import Array, DtypeError, Entry, Layer, Shape, call, call_back, call_jvp, show_shape
from ...models import Sequential
from ...training import frozen
from .spectral import largest_singular_value

__all__ = ["JacobianSteps", "prepared"]


class Step(NamedTuple):
    """A layer, its call, and the shapes that it maps."""

    path: str
    layer: Layer
    entry: Entry
    x_shape: Shape
    y_shape: Shape


class JacobianSteps:
    """The layers of a network at one sample: ``J = J[last] … J[1] J[0]``, by ``jvp`` and ``backward`` alone.

    A Sequential gives a step for each of its layers, anything else is one step. So blocks that are to count as one
    layer, such as an affine map and its activation, are put into a Sequential of their own.

    Shapes:
        x: (1, ...), one sample

    Raises: DtypeError for a layer with several inputs or outputs.

    Example:
        >>> from chainrule.analysis.gradient_flow import JacobianSteps
        >>> model = Sequential(Linear(3, 3, bias=False), Tanh()).astype(np.float64)
        >>> model[0].weight.data = 2 * np.eye(3)
        >>> steps = JacobianSteps(model, np.zeros((1, 3)))
        >>> round(steps.norm(0, 1), 6), round(steps.norm(), 6), steps.jacobian().shape
        (2.0, 2.0, (3, 3))
    """

    def __init__(self, model: Layer, x: Array) -> None:
        self.dtype = x.dtype
        self.steps: list[Step] = []
        for path, layer in (model.children() if isinstance(model, Sequential) else [("", model)]):
            y, entry = call(layer, x)
            if not isinstance(y, np.ndarray) or y.dtype.kind != "f":
                raise DtypeError(f"JacobianSteps expected layers with one output of numbers, got {type(y).__name__} "
                                 f"from {layer.title}")
            self.steps.append(Step(path, layer, entry, x.shape, y.shape))
            x = y

    def norm(self, start: int = 0, stop: int | None = None) -> float:
        """Return the spectral norm of the product of the steps from ``start`` up to before ``stop``."""
        steps = self.steps[start:stop]

        def apply(v: Array) -> Array:
            x_dot: Array | None = v.astype(self.dtype).reshape(steps[0].x_shape)
            for step in steps:
                x_dot, _ = call_jvp(step.layer, step.entry, x_dot)
            return np.zeros(steps[-1].y_shape).ravel() if x_dot is None else x_dot.ravel()

        def adjoint(u: Array) -> Array:
            grad: Array = u.astype(self.dtype).reshape(steps[-1].y_shape)
            for step in reversed(steps):
                grad = call_back(step.layer, step.entry, grad)
            return grad.ravel()

        return largest_singular_value(apply, adjoint, int(np.prod(steps[0].x_shape)))

    def jacobian(self, start: int = 0, stop: int | None = None) -> Array:
        """Return the product itself, by as many backward passes as there are outputs."""
        steps = self.steps[start:stop]
        rows = []
        for unit in np.eye(int(np.prod(steps[-1].y_shape)), dtype=self.dtype):
            grad = unit.reshape(steps[-1].y_shape)
            for step in reversed(steps):
                grad = call_back(step.layer, step.entry, grad)
            rows.append(grad.ravel())
        return np.array(rows)


def prepared(model: Layer, x: Array) -> Layer:
    """Return a copy in float64 and in evaluation mode, whose batch norms know the statistics of the batch ``x``."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or not len(x):
        raise DtypeError(f"gradient flow expected x as an array of floating-point samples, got "
                         f"{show_shape(x.shape) if isinstance(x, np.ndarray) else type(x).__name__}")
    twin = copy.deepcopy(model).astype(np.float64).eval()
    twin.needs_input_grad = True
    norms = [layer for _, layer in twin.named_layers() if isinstance(layer, BatchNorm)]
    if norms and len(x) > 1:
        for norm in norms:
            norm.training, norm.momentum = True, 1.0
        with frozen(twin):
            twin.forward(x.astype(np.float64))
        twin.eval()
    return twin
