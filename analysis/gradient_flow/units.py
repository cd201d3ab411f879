"""Units that pass no gradient on: rectifiers that are always zero, and bent functions where they are flat."""

from typing import Any

import numpy as np

from ...layers import ReLU, ReLU6, Sigmoid, Tanh
from ...layers.core import Array, Layer, Observer, flatten, observe
from ...training.modes import evaluation_mode

__all__ = ["dead_units", "saturated_units"]

FLAT = 0.05     # of the largest slope


def dead_units(model: Layer, x: Any) -> dict[str, Array]:
    """Return for every ReLU and ReLU6, by its path, which of its units are zero for all samples ``x``.

    In images a channel is one unit. ``x`` is a tuple where the network has several inputs.

    Source: CS231n, notes on neural networks, commonly used activation functions.

    Example:
        >>> from chainrule.analysis.gradient_flow import dead_units
        >>> dead_units(Sequential(ReLU()), np.array([[1.0, -1.0, -2.0], [2.0, 3.0, -1.0]]))
        {'0': array([False, False,  True])}
    """
    return _watch(model, x, _Dead())


def saturated_units(model: Layer, x: Any) -> dict[str, Array]:
    """Return for every Sigmoid and Tanh, by its path, for which share of ``x`` each unit is flat: slope below a
    twentieth of the largest.

    Source: Glorot & Bengio 2010, section 3.

    Example:
        >>> from chainrule.analysis.gradient_flow import saturated_units
        >>> saturated_units(Sequential(Tanh()), np.array([[0.1, 5.0], [-9.0, 5.0]]))
        {'0': array([0.5, 1. ])}
    """
    return _watch(model, x, _Flat())


class _Watcher(Observer):
    def __init__(self) -> None:
        self.found: dict[str, Array] = {}


def _watch(model: Layer, x: Any, watcher: _Watcher) -> dict[str, Array]:
    with evaluation_mode(model), observe(watcher):
        model.forward(*flatten(x))
    return watcher.found


class _Dead(_Watcher):
    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        if isinstance(layer, (ReLU, ReLU6)):
            places = (0, *range(2, y.ndim)) if y.ndim > 3 else (0,)
            self.found[".".join(path)] = np.asarray(y.max(axis=places) <= 0).ravel()


class _Flat(_Watcher):
    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        if isinstance(layer, (Sigmoid, Tanh)):
            slope = 4 * y * (1 - y) if isinstance(layer, Sigmoid) else 1 - y * y
            self.found[".".join(path)] = np.asarray((slope < FLAT).mean(axis=0)).ravel()
