"""What every check of the battery starts from: a layer, inputs, an upstream gradient, and a way to run them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..layers.core import Array, ChainruleError, Entry, Layer, call, call_back, flatten, manual_seed
from .compare import each

__all__ = ["Outcome", "Trial", "as_float", "copies", "draw", "first_of_batch", "grads", "is_float", "packed", "rebuilt",
           "strided"]


class Outcome(NamedTuple):
    """All that one way forward and back gives, every output and input in a flat tuple, depth first."""

    y: tuple[Array, ...]
    grad_x: tuple[Array | None, ...]
    grads: dict[str, Array]

    def differences(self, other: "Outcome", when: str, tolerance: float = 1e-10) -> Iterator[str]:
        """Yield how another outcome differs from this, the expected one."""
        yield from each("y", self.y, other.y, when, tolerance)
        yield from self.gradient_differences(other, when, tolerance)

    def gradient_differences(self, other: "Outcome", when: str, tolerance: float = 1e-10) -> Iterator[str]:
        """The same for the gradients alone."""
        yield from each("grad_x", self.grad_x, other.grad_x, when, tolerance)
        for name, grad in self.grads.items():
            yield from each(f"{name}.grad", (grad,), (other.grads[name],), when, tolerance)


class Trial:
    """A layer in float64 and in one mode, inputs for it, and a random upstream gradient for every output.

    Parameters are moved away from their initial values, because a weight of one hides that it was forgotten, and the
    layer has run once on other data, because so do running statistics that are still zero. Nothing here is changed by
    a run: every run begins with ``fresh()``, a copy of the layer, and with the same random numbers.
    """

    def __init__(self, layer: Layer, x: tuple[Any, ...], *, training: bool = True, seed: int = 0) -> None:
        self.training, self.seed = training, seed
        self.rng = np.random.default_rng([seed, 1])
        self.x = as_float(x, np.float64)
        self.other_x = _shuffled(self.x, self.rng)
        self.layer = _moved(deepcopy(layer).astype(np.float64), self.rng)
        try:
            self.forward(self.fresh(), copies(self.other_x))
        except ChainruleError:      # not every order of the entries is positive definite, say
            self.other_x = rebuilt(self.x, [1.5 * leaf if is_float(leaf) else leaf for leaf in flatten(self.x)])
        if any(True for _ in self.layer.named_buffers()):
            call(self.layer.train(), *copies(self.other_x))
        self.layer.train(training)
        y, _ = self.forward(self.fresh())
        self.y_leaves = flatten(y)
        self.grad_out = tuple(np.asarray(self.rng.standard_normal(np.shape(leaf))) if is_float(leaf) else None
                              for leaf in self.y_leaves)

    def fresh(self) -> Layer:
        """Return a copy of the layer, its gradients zero, and rewind the package's own random numbers."""
        manual_seed(self.seed)
        layer = deepcopy(self.layer)
        layer.zero_grad()
        return layer

    def forward(self, layer: Layer, x: tuple[Any, ...] | None = None) -> tuple[Any, Entry]:
        """Run ``layer`` forward on a copy of the trial's inputs, or on ``x`` as it is."""
        return call(layer, *(copies(self.x) if x is None else x))

    def backward(self, entry: Entry, grad_out: tuple[Any, ...] | None = None) -> tuple[Array | None, ...]:
        """Go back at an entry with the trial's upstream gradient or another; return one gradient for every input."""
        grad_x = call_back(entry.layer, entry, packed(copies(self.grad_out) if grad_out is None else grad_out))
        return self.one_per_input(grad_x)

    def run(self, layer: Layer | None = None, *, x: tuple[Any, ...] | None = None,
            grad_out: tuple[Any, ...] | None = None) -> Outcome:
        """Run forward and back with the same random numbers, on a fresh copy unless a layer is given."""
        layer = self.fresh() if layer is None else layer
        manual_seed(self.seed)
        y, entry = self.forward(layer, x)
        return Outcome(flatten(y), self.backward(entry, grad_out), grads(layer))

    def one_per_input(self, grad_x: Any) -> tuple[Array | None, ...]:
        """Return what a backward gave as one gradient per input; a lone None stands for all."""
        count = len(flatten(self.x))
        return (None,) * count if grad_x is None and count > 1 else flatten(grad_x)

    def float_inputs(self) -> tuple[int, ...]:
        """Return the places of the inputs that can have a gradient, among all inputs counted depth first."""
        return tuple(index for index, leaf in enumerate(flatten(self.x)) if is_float(leaf))

    def with_input(self, index: int, value: Array) -> tuple[Any, ...]:
        """Return copies of the inputs, one of them replaced."""
        leaves = list(flatten(copies(self.x)))
        leaves[index] = value
        return tuple(rebuilt(self.x, leaves))


def grads(layer: Layer) -> dict[str, Array]:
    """Return copies of all parameter gradients by name."""
    return {name: parameter.grad.copy() for name, parameter in layer.named_parameters()}


def draw(x: Any, rng: np.random.Generator) -> Any:
    """Return normal random numbers for a shape, a copy of an array, and the same inside of a tuple."""
    if isinstance(x, tuple) and all(isinstance(size, (int, np.integer)) for size in x):
        return np.asarray(rng.standard_normal(x))
    if isinstance(x, (tuple, list)):
        return tuple(draw(item, rng) for item in x)
    return x if x is None else np.array(x)


def as_float(x: Any, dtype: npt.DTypeLike) -> Any:
    """Return nested inputs with their floating-point arrays in ``dtype``."""
    return rebuilt(x, [leaf.astype(dtype) if is_float(leaf) else leaf for leaf in flatten(x)])


def copies(x: Any) -> Any:
    """Return nested arrays, each a copy."""
    return rebuilt(x, [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in flatten(x)])


def rebuilt(like: Any, leaves: list[Any]) -> Any:
    """Return ``leaves`` nested as ``like`` is."""
    remaining = iter(leaves)

    def build(part: Any) -> Any:
        return tuple(build(item) for item in part) if isinstance(part, (tuple, list)) else next(remaining)
    return build(like)


def first_of_batch(x: Any, axis: int | None) -> Any:
    """Return nested arrays cut to the first entry of a batch, all that have the batch's size; None if there is none."""
    leaves = flatten(x)
    sizes = [leaf.shape[axis] for leaf in leaves if axis is not None and np.ndim(leaf) > axis]
    if axis is None or not sizes or sizes[0] < 2:
        return None
    return rebuilt(x, [leaf.take([0], axis) if np.ndim(leaf) > axis and leaf.shape[axis] == sizes[0] else leaf
                       for leaf in leaves])


def strided(leaf: Any) -> Any:
    """Return an array of the same values whose memory is anything but contiguous."""
    if not isinstance(leaf, np.ndarray):
        return leaf
    view = np.empty((*reversed(leaf.shape), 2), leaf.dtype)[..., 0].T       # column order, every second value
    view[...] = leaf
    return view


def is_float(leaf: Any) -> bool:
    """Return whether a value is an array that can have a gradient."""
    return isinstance(leaf, (np.ndarray, np.floating)) and leaf.dtype.kind == "f"


def packed(leaves: tuple[Any, ...]) -> Any:
    """Return a flat tuple as ``backward`` wants it: one array for one output."""
    return leaves[0] if len(leaves) == 1 else leaves


def _moved(layer: Layer, rng: np.random.Generator) -> Layer:
    for parameter in layer.parameters():
        parameter.data = parameter.data * rng.uniform(0.5, 1.5, parameter.shape) \
            + 0.1 * rng.standard_normal(parameter.shape)
    return layer


def _shuffled(x: tuple[Any, ...], rng: np.random.Generator) -> Any:
    """Return inputs of the same values in another order, other data that no layer can object to.

    Indices are left alone, since their order may matter (offsets), but for the first if there is nothing else.
    """
    leaves = flatten(x)
    chosen = [index for index, leaf in enumerate(leaves) if is_float(leaf)] or [0]
    return rebuilt(x, [rng.permutation(leaf.ravel()).reshape(leaf.shape) if index in chosen else leaf
                       for index, leaf in enumerate(leaves)])

