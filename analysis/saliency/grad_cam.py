"""Which places of the last feature maps speak for a class."""

from typing import Any

import numpy as np

from ...layers import Upsample
from ...layers.conv import ConvNd
from ...layers.core import (
    Array,
    Layer,
    Observer,
    ShapeError,
    UnknownNameError,
    call,
    call_back,
    observe,
)
from .gradients import guided_backprop
from .score import Target, chosen, explaining, one_hot

__all__ = ["grad_cam", "guided_grad_cam"]


def grad_cam(model: Layer, x: Array, target: Target = None, layer: str | None = None) -> Array:
    """Return ``max(sum over channels of weight * maps, 0)``, enlarged to the image, the same in all its channels.

    ``weight`` is the mean gradient of the score over a map. The maps are those that leave ``layer``, a path such as
    ``"0.3"``; without one, the last that have the shape of the last convolution's: behind its norm and its rectifier.

    Shapes:
        x:      (N, C, H, W)
        return: (N, C, H, W)

    Raises: ShapeError without a convolution, UnknownNameError for a path that no call had.

    Source: Selvaraju et al. 2017, equations 1 and 2.
    """
    classes, watcher = chosen(model, x, target), _Maps()
    with explaining(model), observe(watcher):
        y, entry = call(model, x)
        call_back(model, entry, one_hot(y, classes))
    maps, grad_maps = watcher.choose(layer)
    weight = grad_maps.mean(axis=(2, 3), keepdims=True)
    seen = np.maximum((weight * maps).sum(axis=1, keepdims=True), 0)
    large = Upsample(size=x.shape[2:], mode="bilinear").forward(seen)
    return np.array(np.broadcast_to(large, x.shape))


def guided_grad_cam(model: Layer, x: Array, target: Target = None, layer: str | None = None) -> Array:
    """Return ``grad_cam * guided_backprop``: fine lines where the class is.

    Source: Selvaraju et al. 2017, section 3.1.
    """
    classes = chosen(model, x, target)
    return grad_cam(model, x, classes, layer) * guided_backprop(model, x, classes)


class _Maps(Observer):
    """Keeps all feature maps of four axes and their gradients, and the shape of the last convolution's."""

    def __init__(self) -> None:
        self.maps: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.shape: tuple[int, ...] | None = None

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        if isinstance(y, np.ndarray) and y.ndim == 4:
            self.maps[".".join(path)] = y
            if isinstance(layer, ConvNd):
                self.shape = y.shape

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        self.gradients[".".join(path)] = grad_out

    def choose(self, name: str | None) -> tuple[Array, Array]:
        if name is not None and name not in self.maps:
            raise UnknownNameError.of("layer with feature maps for grad_cam", name, self.maps)
        if name is None and self.shape is None:
            raise ShapeError("grad_cam expected a network with a Conv2d, got none")
        name = name if name is not None else [path for path, maps in self.maps.items() if maps.shape == self.shape][-1]
        return self.maps[name], self.gradients[name]
