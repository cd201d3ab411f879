"""Equal Transformer layers one after the other: what the encoder and the decoder share."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from ...layers.attention.masks import additive_mask
from ...layers.core import (
    Array,
    Description,
    Entry,
    Layer,
    Shape,
    Size,
    Tally,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    check_size,
    members,
    total,
)
from ..model import Model, check_layers, spread

__all__ = ["TransformerStack", "TransformerStackCache"]


class TransformerStackCache(NamedTuple):
    """The calls of all layers and of the norm, and how many masks and flags were given by position."""

    layers: tuple[Entry, ...]
    norm: Entry | None
    given: int


class TransformerStack(Model):
    """``num_layers`` copies of a layer one after the other, and a norm: ``x = layer(x, *context)``, ``norm(x)``.

    Gradients:
        grad = layer.backward(grad), from the last layer to the first; those of a memory in the context are summed

    Source: Vaswani et al. 2017, section 3.1.
    """

    def __init__(self, layer: Layer, num_layers: Size, norm: Layer | None) -> None:
        owner = type(self).__name__
        check_layers([layer] if norm is None else [layer, norm], owner)
        drawing = {id(rng): rng for _, each in layer.named_layers() for _, rng in members(each, np.random.Generator)}
        self.num_layers = check_size(num_layers, "num_layers", owner)
        self.layers = [deepcopy(layer, dict(drawing)) for _ in range(num_layers)]   # who draws, draws from one source
        self.norm = norm

    def run(self, x: Array, context: tuple[Any, ...], given: int) -> Array:
        """Run all layers forward on ``x``, each with the same context behind it."""
        self.cache = None
        entries, normed = [], None
        for index, layer in enumerate(self.layers):
            x, entry = call(layer, x, *context, at=(self, f"layers.{index}"))
            entries.append(entry)
        if self.norm is not None:
            x, normed = call(self.norm, x, at=(self, "norm"))
        self.cache = TransformerStackCache(tuple(entries), normed, given)
        return x

    def run_back(self, grad: Any) -> tuple[Array | None, Array | None]:
        """Return the gradients of ``x`` and, if the layers give one, that of a memory."""
        entries, normed, _ = self.saved()
        if self.norm is not None:
            grad = call_back(self.norm, normed, grad, at=(self, "norm"))
        grad_memory = None
        for index, layer in reversed(list(enumerate(self.layers))):
            grad, *context = spread(call_back(layer, entries[index], grad, at=(self, f"layers.{index}"),
                                              needs_input_grad=self.needs_input_grad or index > 0))
            grad_memory = total(grad_memory, *context)
        return grad, grad_memory

    def jvp(self, x_dot: Any, *context_dot: Any) -> Any:
        (entries, normed, _), tangents = self.point(), []
        for index, (layer, entry) in enumerate(zip(self.layers, entries, strict=True)):
            x_dot, tangent = call_jvp(layer, entry, x_dot, *context_dot, at=(self, f"layers.{index}"))
            tangents.append(tangent)
        if self.norm is not None:
            x_dot, tangent = call_jvp(self.norm, normed, x_dot, at=(self, "norm"))
            tangents.append(tangent)
        self.tangent = tuple(tangents)
        return x_dot

    def run_back_jvp(self, grad: Any, grad_dot: Any) -> tuple[Any, Any]:
        """Return the gradients of ``x`` and of a memory, each with its tangent."""
        (entries, normed, _), tangents = self.saved(), self.saved_tangent()
        if self.norm is not None:
            grad, grad_dot = call_back_jvp(self.norm, normed, tangents[-1], grad, grad_dot, at=(self, "norm"))
        memory = memory_dot = None
        for index, layer in reversed(list(enumerate(self.layers))):
            (grad, *context), (grad_dot, *context_dot) = map(spread, call_back_jvp(
                layer, entries[index], tangents[index], grad, grad_dot, at=(self, f"layers.{index}")))
            memory, memory_dot = total(memory, *context), total(memory_dot, *context_dot)
        return (grad, grad_dot), (memory, memory_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The layers' own descriptions added up."""
        tally = Tally(self, x_shapes)
        x: tuple[str, ...] = tally.inputs[:1]
        for index, layer in enumerate(self.layers):
            x = tally.add(f"layers.{index}", layer, (*x, *tally.inputs[1:]))
        return tally.result(x if self.norm is None else tally.add("norm", self.norm, x))

    def numbers(self, masks: Iterable[Any], x: Array) -> list[Any]:
        """Return boolean masks as numbers, so that this is done once for all layers."""
        dtype = next((parameter.dtype for parameter in self.parameters()), x.dtype)
        return [additive_mask(mask, dtype, true_means="ignore") if isinstance(mask, np.ndarray)
                and mask.dtype == np.bool_ else mask for mask in masks]
