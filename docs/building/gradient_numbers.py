"""The numbers behind the gradient check on the page of a layer: what backward says, and quotients for many steps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.layers.core import Array, Layer, Parameter, flatten, replay

__all__ = ["STEPS", "gradient_numbers"]

STEPS = [10.0 ** (-power / 2) for power in range(2, 25)]        # from 0.1 to 1e-12
ENTRIES = 6                                                     # of each array


def gradient_numbers(layer: Layer, inputs: tuple[Any, ...], seed: int = 0) -> list[dict[str, Any]]:
    """Return, for a few entries of every input and parameter, the gradient by backward and by central differences.

    What is differentiated is ``(layer.forward(*inputs) * grad_out).sum()`` for one random ``grad_out``.
    """
    rng, again = np.random.default_rng(seed), replay(layer)
    outputs = [np.asarray(output) for output in flatten(layer.forward(*inputs))]
    upstream = [rng.standard_normal(output.shape) for output in outputs]
    grads = flatten(layer.backward(upstream[0] if len(upstream) == 1 else tuple(upstream)))

    def value() -> float:
        return float(sum((output * grad).sum() for output, grad in zip(flatten(again(*inputs)), upstream, strict=True)))

    arrays = [(name_of(index, len(flatten(inputs))), array, grad)
              for index, (array, grad) in enumerate(zip(flatten(inputs), grads, strict=False))
              if isinstance(grad, np.ndarray) and array.dtype.kind == "f"]
    arrays += [(name, parameter.data, parameter.grad.copy()) for name, parameter in layer.named_parameters()
               if parameter.reached and isinstance(parameter, Parameter)]
    return [{"name": name, "entries": [_entry(place, array, grad, value) for place in _some(array, rng)]}
            for name, array, grad in arrays if array.size]


def name_of(index: int, count: int) -> str:
    """Return what an input is called."""
    return "x" if count == 1 else f"x{index}"


def _some(array: Array, rng: np.random.Generator) -> list[tuple[int, ...]]:
    places = np.sort(rng.permutation(array.size)[:ENTRIES])
    return [tuple(int(i) for i in np.unravel_index(place, array.shape)) for place in places]


def _entry(place: tuple[int, ...], array: Array, grad: Array, value: Callable[[], float]) -> dict[str, Any]:
    before, quotients = array[place].item(), []
    for step in STEPS:
        ends = []
        for moved in (before + step, before - step):
            array[place] = moved
            ends.append(value())
        quotients.append((ends[0] - ends[1]) / (2 * step))
    array[place] = before
    return {"place": list(place), "value": before, "gradient": grad[place].item(), "quotients": quotients}
