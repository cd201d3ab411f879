"""The one door through which containers reach their children: calls, caches, addresses of errors, observers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from .arrays import Shape
from .describe import POINTWISE, Description, Field, compose
from .errors import StateError
from .layer import Layer

__all__ = ["Entry", "Observer", "backward_rule", "call", "call_back", "call_back_jvp", "call_describe", "call_jvp",
           "inference", "observe", "watched"]

At = tuple[Layer, str]      # the container that calls, and its name for the child


class Entry(NamedTuple):
    """One call of a layer: the layer and the cache it left, which has no other owner."""

    layer: Layer
    cache: Any


class Observer:
    """Sees every call that passes the door while it is active (``with observe(observer)``); override what is needed.

    ``path`` is the address of the call from the outermost container, such as ``("0", "branch", "2")``.
    """

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        """See inputs and output of a forward call; ``layer.cache`` is still in place."""

    def after_describe(self, path: tuple[str, ...], layer: Layer, x_shapes: tuple[Shape, ...],
                       description: Description, before: Field) -> None:
        """See what a layer says of itself; ``before`` is the field of its inputs inside the container that asked."""

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        """See what went into a backward call and what came out; ``layer.cache`` is still in place."""

    def after_jvp(self, path: tuple[str, ...], layer: Layer, x_dot: tuple[Any, ...], y_dot: Any) -> None:
        """See the tangents of inputs and output; ``layer.cache`` and ``layer.tangent`` are still in place."""


Rule = Callable[[Any, Any], Any]


class _Door(threading.local):
    observers: tuple[Observer, ...] = ()
    rules: tuple[tuple[type[Layer], Rule], ...] = ()
    path: tuple[str, ...] = ()
    keeps: bool = True


_door = _Door()


def call(layer: Layer, *x: Any, at: At | None = None) -> tuple[Any, Entry]:
    """Run ``layer.forward(*x)``; return the output and the entry with which to go back.

    The cache moves from the layer into the entry, so a layer may be called many times before the first way back.
    """
    with _address(at) as path:
        try:
            y = layer.forward(*x)
            for observer in _door.observers:
                observer.after_forward(path, layer, x, y)
            return y, Entry(layer, layer.cache if _door.keeps else None)
        finally:
            layer.cache = None


def call_describe(layer: Layer, *x_shapes: Shape, before: Field = POINTWISE,
                  at: At | None = None) -> tuple[Description, Field]:
    """Run ``layer.describe(*x_shapes)``; return the description, and its field seen from where ``before`` began."""
    with _address(at) as path:
        description = layer.describe(*x_shapes)
        for observer in _door.observers:
            observer.after_describe(path, layer, x_shapes, description, before)
        return description, compose(before, description.field)


def call_back(layer: Layer, entry: Entry, grad_out: Any, *, needs_input_grad: bool = True, at: At | None = None) -> Any:
    """Run ``layer.backward(grad_out)`` at the given entry; return the gradient of the input.

    Raises: StateError if the forward call ran under ``inference()`` or its cache was dropped.
    """
    with _address(at) as path, _revisit(entry, needs_input_grad):
        rule = next((rule for kind, rule in reversed(_door.rules) if isinstance(layer, kind)), None)
        grad_x = layer.backward(grad_out) if rule is None else rule(layer, grad_out)
        for observer in _door.observers:
            observer.after_backward(path, layer, grad_out, grad_x)
        return grad_x


def call_jvp(layer: Layer, entry: Entry, *x_dot: Any, at: At | None = None) -> tuple[Any, Any]:
    """Run ``layer.jvp(*x_dot)`` at the given entry; return the output's tangent and what ``backward_jvp`` needs."""
    with _address(at) as path, _revisit(entry):
        y_dot = layer.jvp(*x_dot)
        for observer in _door.observers:
            observer.after_jvp(path, layer, x_dot, y_dot)
        return y_dot, layer.tangent


def call_back_jvp(layer: Layer, entry: Entry, tangent: Any, grad_out: Any, grad_out_dot: Any, *,
                  at: At | None = None) -> tuple[Any, Any]:
    """Run ``layer.backward_jvp(grad_out, grad_out_dot)`` at the given entry and tangent."""
    with _address(at), _revisit(entry):
        layer.tangent = tangent
        result: tuple[Any, Any] = layer.backward_jvp(grad_out, grad_out_dot)
        return result


@contextmanager
def observe(observer: Observer) -> Iterator[Observer]:
    """Let ``observer`` see the calls inside the ``with`` block."""
    outer = _door.observers
    _door.observers = (*outer, observer)
    try:
        yield observer
    finally:
        _door.observers = outer


@contextmanager
def backward_rule(kind: type[Layer], rule: Rule) -> Iterator[None]:
    """Replace ``backward`` of every layer of class ``kind`` by ``rule(layer, grad_out)`` inside the ``with`` block.

    The rule may call ``layer.backward`` and ``layer.saved()``; ``backward_rule(Tanh, lambda tanh, g: g)`` lets
    gradients pass every Tanh as they are.
    """
    outer = _door.rules
    _door.rules = (*outer, (kind, rule))
    try:
        yield
    finally:
        _door.rules = outer


@contextmanager
def inference() -> Iterator[None]:
    """Keep no caches inside the ``with`` block: less memory, no way back."""
    outer = _door.keeps
    _door.keeps = False
    try:
        yield
    finally:
        _door.keeps = outer


def watched() -> bool:
    """Return whether an observer or a rule is active, so that fused kernels must step aside."""
    return bool(_door.observers or _door.rules)


class _address:     # written out, because every call of every layer passes it
    """Keeps the path while a call runs, and adds the address to an error on its way out."""

    __slots__ = ("at", "outer")

    def __init__(self, at: At | None) -> None:
        self.at = at

    def __enter__(self) -> tuple[str, ...]:
        self.outer = _door.path
        if self.at is not None:
            _door.path = (*self.outer, self.at[1])
        return _door.path

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        _door.path = self.outer
        if error is not None and self.at is not None:
            container, name = self.at
            error.add_note(f"in {container.place(name)}")


class _revisit:
    """Puts an entry's cache back into its layer while a backward or tangent call runs."""

    __slots__ = ("before", "entry", "needs_input_grad")

    def __init__(self, entry: Entry, needs_input_grad: bool = True) -> None:
        self.entry, self.needs_input_grad = entry, needs_input_grad

    def __enter__(self) -> None:
        layer, cache = self.entry
        if cache is None:
            raise StateError(f"{layer.title} kept no cache to go back with; run forward outside of inference()")
        self.before = layer.cache, layer.tangent, layer.needs_input_grad
        layer.cache, layer.needs_input_grad = cache, self.needs_input_grad

    def __exit__(self, *_: object) -> None:
        layer = self.entry.layer
        layer.cache, layer.tangent, layer.needs_input_grad = self.before
