"""Initial values from data: every layer scaled until its outputs have variance one."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..core import Layer, Observer, Parameter, ValueRangeError, check_range, check_size, inference, observe, replay
from .fill import orthogonal_, zeros_

__all__ = ["lsuv_"]

Net = TypeVar("Net", bound=Layer)


def lsuv_(model: Net, *x: Any, tol: float = 0.02, max_iterations: int = 10,
          rng: np.random.Generator | None = None) -> Net:
    """Fill the weights of a model so that on the batch ``x`` the output of every linear layer has variance one.

    Weights of affine maps and convolutions become orthonormal, their biases zero. Then, in the order of the calls,
    ``weight /= sqrt(var(y))`` until ``|var(y) - 1| <= tol``. The model runs in the mode it is in; buffers and
    generators are afterwards what they were. A layer used twice is judged by its first call. Returns the model.

    Cost: a forward pass for each layer, and one more for each further correction.

    Raises: ValueRangeError for an output without variance, or one that ``max_iterations`` corrections do not bring
    there.

    Source: Mishkin & Matas 2016, algorithm 1 (layer-sequential unit-variance).

    Example:
        >>> model = Sequential(Linear(8, 8), ReLU(), Linear(8, 3))
        >>> x = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
        >>> abs(chainrule.layers.init.lsuv_(model, x).forward(x).var() - 1) < 0.03
        True
    """
    check_range(tol, 0.0, np.inf, name="tol", owner="lsuv_", open_low=True)
    check_size(max_iterations, "max_iterations", "lsuv_")
    for _, layer in model.named_layers():
        if (weight := _weight(layer)) is not None:
            orthogonal_(weight, rng=rng)
            if isinstance(bias := vars(layer).get("bias"), Parameter):
                zeros_(bias)
    corrected: dict[int, int] = {}
    while (wrong := next((each for each in _outputs(model, x) if abs(each.variance - 1) > tol), None)) is not None:
        times = corrected.get(id(wrong.weight), 0)
        if not 0 < wrong.variance < np.inf or times == max_iterations:
            raise ValueRangeError(f"lsuv_ expected an output that can be scaled to variance 1, got {wrong.variance:g} "
                                  f"after {times} corrections of {wrong.place}; look at x and the layers before")
        corrected[id(wrong.weight)] = times + 1
        wrong.weight.data /= np.sqrt(wrong.variance)
    return model


class _Output(NamedTuple):
    """What a layer gave at its first call: where it stands, its weight, and the variance of the output."""

    place: str
    weight: Parameter
    variance: float


class _Lookout(Observer):
    """Notes outputs of layers with a weight, in the order of their first calls."""

    def __init__(self) -> None:
        self.outputs: dict[int, _Output] = {}

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        weight = _weight(layer)
        if weight is not None and id(weight) not in self.outputs:
            place = f"{layer.title} at {'.'.join(path) or 'the top'}"
            self.outputs[id(weight)] = _Output(place, weight, float(np.var(y, dtype=np.float64)))


def _outputs(model: Layer, x: tuple[Any, ...]) -> Iterator[_Output]:
    lookout, cache = _Lookout(), model.cache
    with inference(), observe(lookout):
        y = replay(model)(*x)
        lookout.after_forward((), model, x, y)      # what is called by hand does not pass the door
    model.cache = cache
    yield from lookout.outputs.values()


def _weight(layer: Layer) -> Parameter | None:
    """Return the weight by which a linear layer is scaled: not that of a norm or of an activation."""
    weight = vars(layer).get("weight")
    return weight if layer.locally_linear and isinstance(weight, Parameter) and len(weight.shape) > 1 else None
