"""What the operators that no layer of ours is have in common: a name, options, and arguments known beforehand."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ....layers.core import Array, Description, Kept, Layer, Parameter, Shape, ShapeError, flatten, show_shape

__all__ = ["Exact", "Fixed", "Operator", "Weight"]


class Operator(Layer):
    """An operator of a file: ``forward`` gets what is not ``bound``, arguments known beforehand, by their places."""

    def __init__(self, name: str, bound: Mapping[int, Any] | None = None,
                 options: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.bound = dict(bound or {})
        self.options = dict(options or {})

    def arguments(self, given: tuple[Any, ...]) -> list[Any]:
        """Return all arguments of the operator, those given between those bound."""
        rest = iter(given)
        return [self.bound[place] if place in self.bound else next(rest)
                for place in range(len(given) + len(self.bound))]

    def spread(self, grads: list[Any]) -> Any:
        """Return gradients of all arguments as what ``backward`` returns: of those that were given, if wanted."""
        if not self.needs_input_grad:
            return None
        given = tuple(grad for place, grad in enumerate(grads) if place not in self.bound)
        return given[0] if len(given) == 1 else given

    def unsuited(self, *arguments: Array) -> ShapeError:
        """Return the error that these arguments do not go together."""
        shown = " and ".join(show_shape(each.shape) for each in arguments)
        return ShapeError(f"{self.name} expected arguments whose shapes go together, got {shown}")

    def describe(self, *x_shapes: Shape) -> Description:
        """Run on zeros that take no memory; the shapes of an operator have no simpler rule."""
        before, x = self.cache, tuple(np.broadcast_to(np.float32(0), shape) for shape in x_shapes)
        with np.errstate(all="ignore"):
            y = flatten(self.forward(*x))
        cache, self.cache = self.cache, before
        names = {id(array): f"{side}{index}" for side, arrays in (("x", x), ("y", y))
                 for index, array in enumerate(arrays)}
        constant = {id(array) for array in self.bound.values()}
        kept = tuple(Kept(names.get(id(array), name), array.size,
                          0 if array.dtype.kind == "f" and id(array) not in constant else array.itemsize)
                     for name, value in zip(cache._fields, cache, strict=True) for array in flatten(value)
                     if isinstance(array, np.ndarray))
        views = tuple(next((index for index, array in enumerate(x) if np.shares_memory(leaf, array)), None)
                      for leaf in y)
        return self.description(*(leaf.shape for leaf in y), kept=kept,
                                views=() if views == (None,) * len(y) else views)


class _Nothing(NamedTuple):
    """Nothing is needed for the way back."""


class Exact(Operator):
    """Arithmetic of whole numbers and truth values, such as that of shapes: no gradient passes."""

    def __init__(self, name: str, function: Any, bound: Mapping[int, Any] | None = None,
                 options: Mapping[str, Any] | None = None) -> None:
        super().__init__(name, bound, options)
        self._function = function

    def forward(self, *x: Any) -> Any:
        self.cache = _Nothing()
        return self._function(*self.arguments(x), **self.options)

    def backward(self, grad_out: Any) -> Any:
        self.saved()
        return None


class Weight(Layer):
    """A trained array that operators read as they read any other, ``y = weight``."""

    def __init__(self, weight: Parameter) -> None:
        self.weight = weight

    def forward(self) -> Array:
        self.cache = _Nothing()
        return self.weight.data

    def backward(self, grad_out: Array) -> None:
        self.saved()
        if self.weight.requires_grad:
            self.weight.grad += grad_out

    def describe(self, *x_shapes: Shape) -> Description:
        """The shape of the weight."""
        return self.description(self.weight.shape)


class Fixed(Layer):
    """An array that stands in the file and is not trained, ``y = value``."""

    def __init__(self, value: Array) -> None:
        self.value = value

    def forward(self) -> Array:
        self.cache = _Nothing()
        return self.value

    def backward(self, grad_out: Array) -> None:
        self.saved()

    def describe(self, *x_shapes: Shape) -> Description:
        """The shape of the array."""
        return self.description(self.value.shape)
