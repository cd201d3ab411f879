"""How the gradient fares on its way down a network: what each layer does to it, and what all of them do together."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Layer, Parameter, Shape
from ...losses import Loss
from ...models import Sequential
from ...training import frozen
from .steps import JacobianSteps, prepared
from .units import dead_units, saturated_units

__all__ = ["GradientFlow", "LayerFlow", "gradient_flow", "is_measurable"]

PASSES = 60         # through a network that the norm of one Jacobian takes, about
MOST_WORK, MOST_PASSES = 2e9, 5000      # multiply-adds, and passes of one sample: a second or two
MOST_LAYERS = 80    # of which each is followed to the output


class LayerFlow(NamedTuple):
    """One layer, from the first to the last.

    ``norm`` is the spectral norm of its Jacobian, ``to_output`` that of the product of its own and all later ones,
    ``gradient`` the norm of its weights' gradients (NaN without a loss or weights), ``idle`` the share of its units
    that are dead or, of bent functions, flat (NaN without any).
    """

    path: str
    title: str
    norm: float
    to_output: float
    gradient: float
    idle: float


@dataclass(frozen=True)
class GradientFlow:
    """What ``gradient_flow`` has measured.

    Attributes:
        layers: one by one
        norm:   spectral norm of the Jacobian from end to end
        rms:    root of the mean square of its singular values, ‖J‖ / √inputs
    """

    layers: tuple[LayerFlow, ...]
    norm: float
    rms: float

    @property
    def exponent(self) -> float:
        """The finite-time Lyapunov exponent, ``log(norm) / layers``: below 0 it vanishes, above it explodes."""
        return math.log(self.norm) / len(self.layers) if self.norm else -math.inf

    def __str__(self) -> str:
        wide = max(len(layer.title) for layer in self.layers)
        lines = [f"{'layer':>7}  {'':{wide}}  {'‖J‖':>9}  {'to output':>9}  {'gradient':>9}  {'idle':>5}"]
        for each in self.layers:
            numbers = "  ".join("" .rjust(9) if math.isnan(value) else f"{value:9.2e}"
                                for value in (each.norm, each.to_output, each.gradient))
            lines.append(f"{each.path:>7}  {each.title:{wide}}  {numbers}  "
                         f"{'' if math.isnan(each.idle) else f'{each.idle:5.0%}'}".rstrip())
        return "\n".join([*lines, f"end to end ‖J‖ {self.norm:.2e}, rms {self.rms:.2e}, exponent {self.exponent:+.3f}"])


def gradient_flow(model: Layer, x: Array, y: Array | None = None, loss: Loss | None = None) -> GradientFlow:
    """Measure how the gradient flows: Jacobians at the first sample, weights' gradients and idle units over all.

    All is done in float64 on a copy in evaluation mode, whose batch norms take the statistics of ``x``.

    Cost: some twenty passes from every layer to the output; the square of the depth.

    Source: Pascanu, Mikolov & Bengio 2013, section 2; Glorot & Bengio 2010.

    Example:
        >>> from chainrule.analysis.gradient_flow import gradient_flow
        >>> x, y = digits(flat=True)[:50]
        >>> flow = gradient_flow(Sequential(Linear(64, 32), Sigmoid(), Linear(32, 10)), x, y, CrossEntropyLoss())
        >>> [layer.title for layer in flow.layers], flow.layers[1].norm <= 0.25, flow.norm == flow.layers[0].to_output
        (['Linear(64, 32)', 'Sigmoid()', 'Linear(32, 10)'], True, True)
    """
    twin = prepared(model, x)
    gradients = _gradients(twin, x, y, loss)
    idle = {path: float(np.mean(found)) for path, found in (dead_units(twin, x.astype(np.float64)) |
                                                             saturated_units(twin, x.astype(np.float64))).items()}
    with frozen(twin):
        steps = JacobianSteps(twin, x[:1].astype(np.float64))
        layers = []
        for index, step in enumerate(steps.steps):
            own = [value for path, value in idle.items() if not step.path or _within(path, step.path)]
            layers.append(LayerFlow(step.path, step.layer.title, steps.norm(index, index + 1), steps.norm(index),
                                    _length(step.layer, gradients), float(np.mean(own)) if own else math.nan))
        jacobian = steps.jacobian()
    return GradientFlow(tuple(layers), layers[0].to_output, float(np.linalg.norm(jacobian)) / jacobian.shape[1] ** 0.5)


def is_measurable(model: Layer, x: Array) -> bool:
    """Return whether ``gradient_flow`` has an answer, and within a second or two, for one sample ``x``, (1, ...).

    Example:
        >>> from chainrule.analysis.gradient_flow import is_measurable
        >>> x = np.ones((1, 3), np.float32)
        >>> is_measurable(Sequential(Linear(3, 2), Tanh()), x), is_measurable(Linear(3, 2), x.astype(int))
        (True, False)
    """
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or any(
            layer.forward_mode_gap or type(layer).jvp is Layer.jvp for _, layer in model.named_layers()):
        return False
    layers = [layer for _, layer in model.children()] if isinstance(model, Sequential) else [model]
    shapes: tuple[Shape, ...] = (x.shape,)
    work = 0
    try:
        for layer in layers:
            described = layer.describe(*shapes)
            shapes, work = described.y_shapes, work + described.multiply_adds
            if len(shapes) != 1:
                return False
    except NotImplementedError:         # a layer of one's own may not describe itself
        return False
    passes = PASSES * (len(layers) + 3) / 2 + math.prod(shapes[0])         # one for each row of the whole Jacobian
    return len(layers) <= MOST_LAYERS and passes <= MOST_PASSES and work * passes <= MOST_WORK


def _gradients(model: Layer, x: Array, y: Array | None, loss: Loss | None) -> dict[int, float]:
    """Return the squared norm of every weight's gradient, by the identity of the parameter."""
    if loss is None or y is None:
        return {}
    model.zero_grad()
    target: Any = y.astype(np.float64) if y.dtype.kind == "f" else y
    loss.forward(model.forward(x.astype(np.float64)), target)
    model.backward(loss.backward())
    return {id(parameter): float(np.square(parameter.grad).sum()) for parameter in _weights(model)}


def _length(layer: Layer, gradients: dict[int, float]) -> float:
    found = [gradients[id(parameter)] for parameter in _weights(layer) if id(parameter) in gradients]
    return math.sqrt(sum(found)) if found else math.nan


def _weights(layer: Layer) -> list[Parameter]:
    return [parameter for parameter in layer.parameters() if len(parameter.shape) > 1]


def _within(path: str, step: str) -> bool:
    return path == step or path.startswith(f"{step}.")
