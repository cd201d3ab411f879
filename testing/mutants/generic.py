"""Mistakes that can be made in any backward, whatever the layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...layers.core import Array, Layer, Parameter, members
from .mutant import Mutant, Subject, each

__all__ = ["generic_mutants"]

Backward = Callable[..., Any]
Mistake = Callable[[Backward], Backward]

_OF_THE_INPUT: list[tuple[str, Mistake]] = []
_OF_PARAMETERS: list[tuple[str, Mistake]] = []


def generic_mutants(subject: Subject) -> list[Mutant]:
    """Return the general mistakes as mutants of a class: those of inputs and of parameters only where it has any."""
    layer = subject.make()
    right: Backward = type(layer).backward
    mistakes = _OF_THE_INPUT if subject.has_input_grad else []
    mistakes = mistakes + (_OF_PARAMETERS if own_parameters(layer) else [])
    return [Mutant(f"{subject.kind.__name__}.backward: {mistake.__name__.replace('_', ' ')}", subject, family,
                   "backward", " ".join((mistake.__doc__ or "").split()), mistake(right))
            for family, mistake in mistakes]


def own_parameters(layer: Layer) -> list[Parameter]:
    """Return the parameters that are the layer's own attributes."""
    return [parameter for _, parameter in members(layer, Parameter)]


def of_the_input(family: str) -> Callable[[Mistake], Mistake]:
    """Enter a mistake in the gradient that is returned, or in how upstream is used."""
    def enter(mistake: Mistake) -> Mistake:
        _OF_THE_INPUT.append((family, mistake))
        return mistake
    return enter


def of_parameters(family: str) -> Callable[[Mistake], Mistake]:
    """Enter a mistake in the gradients that are added up."""
    def enter(mistake: Mistake) -> Mistake:
        _OF_PARAMETERS.append((family, mistake))
        return mistake
    return enter


@of_the_input("sign")
def gradient_negative(right: Backward) -> Backward:
    """The gradient of the input has the wrong sign."""
    return lambda self, grad_out=1.0: each(lambda grad: -grad, right(self, grad_out))


@of_the_input("path")
def gradient_zero(right: Backward) -> Backward:
    """The gradient of the input is zero, so nothing below learns."""
    return lambda self, grad_out=1.0: each(np.zeros_like, right(self, grad_out))


@of_the_input("factor")
def gradient_doubled(right: Backward) -> Backward:
    """The gradient of the input is twice what it should be."""
    return lambda self, grad_out=1.0: each(lambda grad: grad * 2, right(self, grad_out))


@of_the_input("upstream")
def upstream_ignored(right: Backward) -> Backward:
    """The upstream gradient is taken to be all ones."""
    return lambda self, grad_out=1.0: right(self, each(np.ones_like, grad_out))


@of_the_input("upstream")
def upstream_without_its_size(right: Backward) -> Backward:
    """Only the sign of the upstream gradient is used."""
    return lambda self, grad_out=1.0: right(self, each(np.sign, grad_out))


@of_the_input("argument")
def upstream_doubled_in_place(right: Backward) -> Backward:
    """The upstream gradient is changed in place after it was used."""
    def backward(self: Layer, grad_out: Any = 1.0) -> Any:
        grad_x = each(np.array, right(self, grad_out))

        def double(grad: Array) -> Array:
            grad *= 2
            return grad
        each(double, grad_out)
        return grad_x
    return backward


@of_the_input("dtype")
def gradient_in_half_precision(right: Backward) -> Backward:
    """The gradient of the input comes in float16."""
    return lambda self, grad_out=1.0: each(lambda grad: grad.astype(np.float16), right(self, grad_out))


@of_the_input("cache")
def answer_before_forward(right: Backward) -> Backward:
    """Without a cache the upstream gradient is handed on, where an error should say that forward is missing."""
    return lambda self, grad_out=1.0: grad_out if self.cache is None else right(self, grad_out)


@of_parameters("accumulate")
def parameter_gradients_overwritten(right: Backward) -> Backward:
    """The gradients of the parameters are set to zero first, so that only the last backward counts."""
    def backward(self: Layer, grad_out: Any = 1.0) -> Any:
        for parameter in own_parameters(self):
            if parameter.requires_grad:
                parameter.zero_grad()
        return right(self, grad_out)
    return backward


@of_parameters("accumulate")
def parameter_gradients_added_twice(right: Backward) -> Backward:
    """The gradients of the parameters are added twice."""
    def backward(self: Layer, grad_out: Any = 1.0) -> Any:
        right(self, grad_out)
        return right(self, grad_out)
    return backward


@of_parameters("sign")
def parameter_gradients_subtracted(right: Backward) -> Backward:
    """The gradients of the parameters are subtracted where they must be added."""
    def backward(self: Layer, grad_out: Any = 1.0) -> Any:
        before = [parameter.grad.copy() for parameter in own_parameters(self)]
        grad_x = right(self, grad_out)
        for parameter, old in zip(own_parameters(self), before, strict=True):
            parameter.grad = 2 * old - parameter.grad
        return grad_x
    return backward


@of_parameters("frozen")
def frozen_parameters_thawed(right: Backward) -> Backward:
    """Frozen parameters get their gradients all the same."""
    def backward(self: Layer, grad_out: Any = 1.0) -> Any:
        frozen = [parameter for parameter in own_parameters(self) if not parameter.requires_grad]
        for parameter in frozen:
            parameter.requires_grad = True
        grad_x = right(self, grad_out)
        for parameter in frozen:
            parameter.requires_grad = False
        return grad_x
    return backward


@of_parameters("argument")
def parameters_updated_on_the_way_back(right: Backward) -> Backward:
    """The layer takes a step of gradient descent by itself, which is the optimiser's business."""
    def backward(self: Layer, grad_out: Any = 1.0) -> Any:
        grad_x = right(self, grad_out)
        for parameter in own_parameters(self):
            if parameter.requires_grad:
                parameter.data -= 0.01 * parameter.grad
        return grad_x
    return backward
