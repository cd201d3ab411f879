"""Networks side by side: the same input into several branches."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import (
    Description,
    Entry,
    Layer,
    Shape,
    ShapeError,
    Tally,
    as_dtype,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    flatten,
    show_shape,
    total,
)
from .model import Model, check_layers, spread

__all__ = ["Parallel", "Residual"]


class Parallel(Model):
    """The same input into every branch, ``y = (branches[0](x), branches[1](x), …)``.

    Put ``Concat()`` behind it for an inception block, ``Add()`` for a residual one.

    Gradients:
        grad_x = sum over i of branches[i].backward(grad_out[i])              (a copied value adds its gradients)

    Cost: the sum of its branches'; keeps one entry per branch.

    Source: Szegedy et al. 2015 (inception branches).

    Example:
        >>> from chainrule.layers import Concat, Linear
        >>> model = Sequential(Parallel(Linear(4, 3), Linear(4, 2)), Concat())
        >>> model.forward(np.ones((5, 4), np.float32)).shape
        (5, 5)
    """

    def __init__(self, *branches: Layer) -> None:
        self.branches = check_layers(branches, "Parallel")

    def forward(self, *x: Any) -> tuple[Any, ...]:
        self.cache = None
        results = [call(branch, *x, at=(self, str(index))) for index, branch in enumerate(self.branches)]
        self.cache = tuple(entry for _, entry in results)
        return tuple(y for y, _ in results)

    def backward(self, grad_out: Any) -> Any:
        shares = [call_back(branch, entry, grad, at=(self, str(index)), needs_input_grad=self.needs_input_grad)
                  for index, (branch, entry, grad) in enumerate(
                      zip(self.branches, self.saved(), flatten(grad_out), strict=True)) if grad is not None]
        return _sum(shares)

    def jvp(self, *x_dot: Any) -> tuple[Any, ...]:
        results = [call_jvp(branch, entry, *x_dot, at=(self, str(index)))
                   for index, (branch, entry) in enumerate(zip(self.branches, self.point(), strict=True))]
        self.tangent = tuple(tangent for _, tangent in results)
        return tuple(y_dot for y_dot, _ in results)

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        grads_dot = (None,) * len(self.branches) if grad_out_dot is None else flatten(grad_out_dot)
        steps = zip(self.branches, self.saved(), self.saved_tangent(), flatten(grad_out), grads_dot, strict=True)
        pairs = [call_back_jvp(branch, entry, tangent, grad, grad_dot, at=(self, str(index)))
                 for index, (branch, entry, tangent, grad, grad_dot) in enumerate(steps) if grad is not None]
        return _sum([grad_x for grad_x, _ in pairs]), _sum([grad_x_dot for _, grad_x_dot in pairs])

    def describe(self, *x_shapes: Shape) -> Description:
        """The branches' own descriptions added up."""
        tally = Tally(self, x_shapes)
        return tally.result(tuple(name for index, branch in enumerate(self.branches)
                                  for name in tally.add(str(index), branch, tally.inputs)))

    def children(self) -> Iterator[tuple[str, Layer]]:
        """Yield the branches under the names ``"0"``, ``"1"``, …"""
        return ((str(index), branch) for index, branch in enumerate(self.branches))

    def place(self, name: str) -> str:
        """Return how errors name a branch: ``branch 2 of 3 of Parallel``."""
        return f"branch {int(name) + 1} of {len(self.branches)} of {type(self).__name__}"


class ResidualCache(NamedTuple):
    """The calls of the two ways, and the dtype of the input."""

    entry: Entry
    around: Entry | None
    dtype: np.dtype[np.generic]


class Residual(Model):
    """A branch and a way around it, ``y = branch(x) + shortcut(x)``; without a shortcut, ``y = branch(x) + x``.

    Gradients:
        grad_x = branch.backward(grad_out) + shortcut.backward(grad_out), or + grad_out

    Cost: the sum of the two.

    Raises: ShapeError when the two ways end in different shapes.

    Source: He, Zhang, Ren & Sun 2016.

    Example:
        >>> from chainrule.layers import Linear, Tanh
        >>> Residual(Sequential(Linear(4, 4), Tanh())).forward(np.ones((5, 4), np.float32)).shape
        (5, 4)
    """

    def __init__(self, branch: Layer, shortcut: Layer | None = None) -> None:
        check_layers([branch] if shortcut is None else [branch, shortcut], "Residual")
        self.branch = branch
        self.shortcut = shortcut

    def forward(self, x: Any) -> Any:
        self.cache = None
        y, entry = call(self.branch, x, at=(self, "branch"))
        around, entry_around = (x, None) if self.shortcut is None else call(self.shortcut, x, at=(self, "shortcut"))
        self._check(y.shape, around.shape)
        self.cache = ResidualCache(entry, entry_around, x.dtype)
        return as_dtype(y + around, y.dtype)

    def backward(self, grad_out: Any) -> Any:
        entry, entry_around, dtype = self.saved()
        grad_x = call_back(self.branch, entry, grad_out, at=(self, "branch"), needs_input_grad=self.needs_input_grad)
        grad_around = grad_out if self.shortcut is None else call_back(
            self.shortcut, entry_around, grad_out, at=(self, "shortcut"), needs_input_grad=self.needs_input_grad)
        return as_dtype(grad_x + grad_around, dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Any) -> Any:
        entry, entry_around, _ = self.point()
        y_dot, tangent = call_jvp(self.branch, entry, x_dot, at=(self, "branch"))
        around_dot, tangent_around = (x_dot, None) if self.shortcut is None else call_jvp(
            self.shortcut, entry_around, x_dot, at=(self, "shortcut"))
        self.tangent = (tangent, tangent_around)
        return total(y_dot, around_dot)

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        (entry, entry_around, _), (tangent, tangent_around) = self.saved(), self.saved_tangent()
        grad_x, grad_x_dot = call_back_jvp(self.branch, entry, tangent, grad_out, grad_out_dot, at=(self, "branch"))
        around, around_dot = (grad_out, grad_out_dot) if self.shortcut is None else call_back_jvp(
            self.shortcut, entry_around, tangent_around, grad_out, grad_out_dot, at=(self, "shortcut"))
        return total(grad_x, around), total(grad_x_dot, around_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The two ways added up."""
        tally = Tally(self, x_shapes)
        ends = tally.add("branch", self.branch, tally.inputs)
        around = tally.inputs if self.shortcut is None else tally.add("shortcut", self.shortcut, tally.inputs)
        self._check(tally.shapes[ends[0]], tally.shapes[around[0]])
        tally.memory[ends[0]] = "sum"           # the sum is new memory, whatever the two ways keep
        return tally.result(ends)

    def _check(self, y_shape: Shape, around: Shape) -> None:
        if y_shape != around:
            raise ShapeError(f"Residual expected branch and shortcut to end in one shape, got {show_shape(y_shape)} "
                             f"and {show_shape(around)}; give it a shortcut that changes the shape as the branch does")


def _sum(shares: list[Any]) -> Any:
    """Add up gradients of the same inputs, each one array or a tuple of them."""
    columns = zip(*(spread(share) for share in shares), strict=True)
    sums = tuple(total(*column) for column in columns)
    return None if not sums else sums[0] if len(sums) == 1 else sums
