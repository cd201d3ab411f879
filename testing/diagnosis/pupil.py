"""A copy of a layer that answers one question, and the names of what it gives."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from ...layers.core import Array, Buffer, Entry, Layer, Parameter, call, call_back, flatten, manual_seed, members
from ...losses import Loss
from ..compare import label
from ..trial import copies
from .question import Question, as_layer, whole

__all__ = ["Named", "Pupil", "state_of"]

Named = Iterator[tuple[str, Any]]


class Pupil:
    """A copy of the layer in float64 that starts from the state of the question, and ways to name what it gives."""

    def __init__(self, layer: Layer, question: Question) -> None:
        self.question, self.is_loss = question, isinstance(layer, Loss)
        self.asked = deepcopy(layer)
        self.layer = as_layer(self.asked, question.held).astype(np.float64).train()
        for name, value in state_of(self.layer):
            if isinstance(value, Parameter):
                value.data = question.state[name]
            else:
                value.assign(question.state[name].astype(value.data.dtype))
        self.layer.zero_grad()

    def forward(self, x: tuple[Any, ...] | None = None, seed: int | None = None) -> tuple[Any, Entry]:
        manual_seed(self.question.seed if seed is None else seed)
        return call(self.layer, *(copies(self.question.x) if x is None else x))

    def backward(self, entry: Entry, grad_out: Sequence[Array | None] | None = None) -> Named:
        """Go back and name the gradients."""
        grad = whole(self.question.grad_out) if grad_out is None else whole(tuple(grad_out))
        yield from self.gradients(call_back(self.layer, entry, grad))

    def gradients(self, grad_x: Any) -> Named:
        count = len(flatten(self.question.x))
        leaves = (None,) * count if grad_x is None and count > 1 else flatten(grad_x)
        name = "grad_prediction" if self.is_loss else "grad_x"
        yield from ((label(name, index, len(leaves)), leaf) for index, leaf in enumerate(leaves))
        for path, parameter in self.layer.named_parameters():
            yield f"{self.own(path)}.grad", parameter.grad

    def outputs(self, y: Any) -> Named:
        leaves = flatten(y)
        name = "loss" if self.is_loss else "y"
        yield from ((label(name, index, len(leaves)), copies(leaf)) for index, leaf in enumerate(leaves))

    def kept(self) -> Named:
        """Name parameters and buffers as they are now."""
        for path, value in state_of(self.layer):
            yield f"{self.own(path)} afterwards", value.data

    def own(self, path: str) -> str:
        return path if self.layer is self.asked else path.partition(".")[2]


def state_of(layer: Layer) -> Iterator[tuple[str, Any]]:
    yield from layer.named_parameters()
    for path, inner in layer.named_layers():
        for name, buffer in members(inner, Buffer):
            yield (f"{path}.{name}" if path else name), buffer
