"""One batch forward and backward, step by step: what every layer was given, what it gave, and by which formula."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...layers.core import Array, Entry, Layer, Observer, Parameter, flatten, members, observe, show_shape
from ...losses import Loss
from ...models import Sequential
from ...testing.diagnosis import formulas
from .worked_formula import worked_formula

__all__ = ["Step", "show_values", "trace"]


@dataclass(frozen=True)
class Step:
    """One call of a layer, forward or backward.

    Attributes:
        direction: "forward" or "backward"
        path:      the layer's address in the network, "" for the network or loss itself
        layer:     its title
        formula:   what its class says of this direction, line by line
        numbers:   the same with the numbers of the first element put in, where a line is plain enough
        arrays:    name and value of what went in, of parameters or their gradients, and of what came out
        cache:     what forward keeps for backward: names and shapes
    """

    direction: str
    path: str
    layer: str
    formula: tuple[str, ...]
    arrays: tuple[tuple[str, Array], ...]
    numbers: tuple[str, ...] = ()
    cache: tuple[tuple[str, str], ...] = ()


def trace(model: Layer, loss: Loss, x: Any, target: Array) -> list[Step]:
    """Return the steps of a batch through network and loss and back, copies of all they saw.

    The gradients of the parameters are added to, as by any backward pass.

    Example:
        >>> from chainrule.experiments.tracing.trace import trace
        >>> steps = trace(Sequential(Linear(3, 2), Tanh()), MSELoss(), np.ones((4, 3)), np.zeros((4, 2)))
        >>> [f"{step.direction} {step.layer}" for step in steps][2:5]
        ['forward MSELoss()', 'backward MSELoss()', 'backward Tanh()']
    """
    recorder = _Recorder()
    with observe(recorder):
        prediction = model.forward(*flatten(x))
        if next(model.children(), None) is None:
            recorder.after_forward((), model, flatten(x), prediction)   # only what is inside a model passes the door
        value = loss.forward(prediction, target)
        recorder.add("forward", (), loss, _numbered("prediction", prediction) | {"target": target, "loss": value})
        grad_out = loss.backward()
        recorder.add("backward", (), loss, _numbered("grad_prediction", grad_out))
        grad_x = model.backward(grad_out)
        if next(model.children(), None) is None:
            recorder.after_backward((), model, grad_out, grad_x)
    return recorder.steps


@dataclass
class _Recorder(Observer):
    steps: list[Step] = field(default_factory=list)
    going: dict[tuple[tuple[str, ...], str], dict[str, Any]] = field(default_factory=dict)

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        parameters = {name: parameter.data for name, parameter in members(layer, Parameter)}
        self.add("forward", path, layer, _numbered("x", x) | parameters | _numbered("y", y))

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        gradients = {f"grad_{name}": parameter.grad for name, parameter in members(layer, Parameter)}
        self.add("backward", path, layer, _numbered("grad_out", grad_out) | gradients | _numbered("grad_x", grad_x))

    def add(self, direction: str, path: tuple[str, ...], layer: Layer, arrays: dict[str, Any]) -> None:
        if isinstance(layer, Sequential):           # which does nothing itself
            return
        kept = tuple((name, np.array(value)) for name, value in arrays.items() if value is not None)
        place = (path, layer.title)
        known = {**_options(layer), **self.going.get(place, {}), **dict(kept)}
        if direction == "forward":
            self.going[place] = dict(kept)          # the way back speaks of x and y too
        lines = formulas(type(layer), direction)
        worked = tuple(line for line in (worked_formula(formula, known) for formula in lines) if line)
        self.steps.append(Step(direction, ".".join(path), layer.title, lines, kept, worked,
                               _cache(layer) if direction == "forward" else ()))


def _options(layer: Layer) -> dict[str, float]:
    return {name: value for name, value in vars(layer).items() if type(value) in (int, float)}


def _cache(layer: Layer) -> tuple[tuple[str, str], ...]:
    """Return names and shapes of what a layer keeps."""
    def shown(name: str, value: Any) -> list[tuple[str, str]]:
        if isinstance(value, np.ndarray):
            return [(name, show_shape(value.shape))]
        if isinstance(value, Entry):
            return [(name, f"that of {value.layer.title}")]
        if isinstance(value, tuple):
            names = getattr(value, "_fields", [f"{name}[{index}]" for index in range(len(value))])
            return [pair for inner, part in zip(names, value, strict=True) for pair in shown(inner, part)]
        return []
    return tuple(shown("cache", layer.cache))


def _numbered(name: str, values: Any) -> dict[str, Any]:
    leaves = flatten(values)
    return {name: leaves[0]} if len(leaves) == 1 else {f"{name}{index}": leaf for index, leaf in enumerate(leaves)}


def show_values(array: Array) -> str:
    """Return a small array whole, of a large one its least, mean and largest value and its root mean square.

    Example:
        >>> from chainrule.experiments.tracing.trace import show_values
        >>> show_values(np.array([[1.0, -0.25]])), show_values(np.arange(100.0))
        ('[[ 1.   -0.25]]', 'least 0, mean 49.5, largest 99, root mean square 57.3')
    """
    if array.size <= 32 and (array.ndim == 0 or array.shape[-1] <= 8):
        return np.array2string(array, precision=4, suppress_small=True)
    if array.dtype.kind not in "fiu":
        return f"{array.dtype}"
    numbers = (("least", array.min()), ("mean", array.mean(dtype=np.float64)), ("largest", array.max()),
               ("root mean square", np.sqrt(np.square(array, dtype=np.float64).mean())))
    return ", ".join(f"{name} {float(value):.4g}" for name, value in numbers)
