"""How much memory a training will take, by arithmetic alone."""

from math import prod
from typing import NamedTuple

from ...layers.core import Layer, Shape
from ...optim import LBFGS, SAM, Optimizer

__all__ = ["Memory", "expected_memory"]


class Memory(NamedTuple):
    """Bytes of a training step: what layers and optimizer hold. Data, and what is needed for moments, come on top."""

    parameters: int
    gradients: int
    optimizer: int
    caches: int

    @property
    def total(self) -> int:
        """All together."""
        return sum(self)


def expected_memory(model: Layer, x_shapes: tuple[Shape, ...], *optimizers: Optimizer) -> Memory:
    """Return what a step on a batch of these shapes will hold.

    Example:
        >>> model = Sequential(Linear(4, 3), Linear(3, 2))
        >>> expected_memory(model, ((8, 4),), Adam(model.parameters()))
        Memory(parameters=92, gradients=92, optimizer=184, caches=224)
    """
    parameters = list(model.parameters())
    held = sum(parameter.data.nbytes for parameter in parameters)
    trained = sum(parameter.data.nbytes for parameter in parameters if parameter.requires_grad)
    dtype = parameters[0].dtype if parameters else "float32"
    return Memory(held, trained, sum(map(_state, optimizers)), model.describe(*x_shapes).cache_bytes(dtype))


def _state(optimizer: Optimizer) -> int:
    if isinstance(optimizer, SAM):
        return _state(optimizer.optimizer) + _size(optimizer)       # the weights that it climbs away from
    if isinstance(optimizer, LBFGS):
        return (2 * int(optimizer.param_groups[0]["history_size"]) + 4) * _size(optimizer)
    total = 0
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.requires_grad:
                shapes = optimizer.state_shapes(group, parameter.shape).values()
                total += sum(map(prod, shapes)) * parameter.dtype.itemsize
    return total


def _size(optimizer: Optimizer) -> int:
    return sum(int(parameter.data.nbytes) for group in optimizer.param_groups for parameter in group["params"])
