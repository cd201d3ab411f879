"""The one class every layer extends: a forward pass that caches what its backward pass needs."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, NoReturn, Self, TypeVar

import numpy as np
import numpy.typing as npt

from .arrays import Array, Shape, show_shape
from .describe import Description, Field, Kept
from .errors import ShapeError, StateError, nearest
from .options import options, show_options
from .parameter import Buffer, Parameter
from .walk import members

__all__ = ["IncompatibleKeys", "Layer"]

Kind = TypeVar("Kind")


class IncompatibleKeys(NamedTuple):
    """Keys that a loaded state dict lacked, and keys that it had too many."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Layer:
    """A differentiable step: ``forward(x)`` computes and caches, ``backward(grad_out)`` is its exact derivative.

    ``backward`` returns the gradient of the input and *adds* to the gradients of the parameters. Parameters, buffers
    and sub-layers are plain attributes, found by walking. A new layer writes ``forward``, ``backward`` and
    ``describe``; it extends ``Elementwise`` or ``LinearMap`` where it is one, and gets forward mode with it.

    Attributes:
        cache:            what the last forward left for backward, one value; None before the first forward
        tangent:          what the last ``jvp`` left for ``backward_jvp``, one value, same rules
        training:         set by ``train()`` and ``eval()``
        needs_input_grad: False lets ``backward`` skip the input's gradient and return None
        locally_linear:   whether the second derivative in the inputs is zero almost everywhere
        forward_mode_gap: why ``jvp`` or ``backward_jvp`` is not written, where one is not

    Source: Goodfellow et al. 2016, section 6.5; the contract of numbers and names is that of torch.nn.Module.
    """

    cache: Any = None
    tangent: Any = None
    training: bool = True
    needs_input_grad: bool = True
    locally_linear: bool = False
    forward_mode_gap: str = ""

    def __call__(self, *x: Any) -> Any:
        return self.forward(*x)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output and set ``cache`` to what ``backward`` needs."""
        self._unwritten("forward")

    def backward(self, grad_out: Any) -> Any:
        """Return the gradient of the input, given that of the output; add to the gradients of the parameters."""
        self._unwritten("backward")

    def jvp(self, *args: Any) -> Any:
        """Return the tangent of the last output along ``x_dot`` and the parameters' ``dot``; set ``tangent``.

        A tangent is None where it is zero.
        """
        self._unwritten("jvp (forward mode)")

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        """Run ``backward`` and, along with it, its derivative in the direction of the last ``jvp``.

        Returns ``(grad_x, grad_x_dot)`` and adds to ``grad`` and ``grad_dot`` of the parameters.
        """
        self._unwritten("backward_jvp (second order)")

    def describe(self, *x_shapes: Shape) -> Description:
        """Return output shapes, work and memory of a call on inputs of these shapes, by arithmetic alone."""
        self._unwritten("describe")

    def description(self, *y_shapes: Shape, multiply_adds: int = 0, kept: tuple[Kept, ...] = (),
                    field: Field = (), views: tuple[int | None, ...] = ()) -> Description:
        """Return the ``Description`` of this layer, its parameters counted; for use in ``describe``."""
        count = sum(parameter.size for parameter in self.parameters())
        return Description(y_shapes, count, multiply_adds, kept, field, views)

    def saved(self) -> Any:
        """Return the cache for ``backward``, which thereby reaches the layer's own parameters.

        Raises: StateError when there is no cache.
        """
        cache = self.point()
        for _, parameter in members(self, Parameter):
            if parameter.requires_grad:
                parameter.reached, parameter.rows = True, None      # all rows, unless the layer knows better
        return cache

    def point(self) -> Any:
        """Return the cache: the point at which ``jvp`` linearises.

        Raises: StateError when there is no cache.
        """
        if self.cache is None:
            raise StateError(f"{self.title} expected forward before backward, but has no cache; "
                             f"call forward first (a layer inside a container goes back through the container)")
        return self.cache

    def saved_tangent(self) -> Any:
        """Return what the last ``jvp`` left.

        Raises: StateError when there is none.
        """
        if self.tangent is None:
            raise StateError(f"{self.title} expected jvp before backward_jvp, but has no tangent; call jvp first")
        return self.tangent

    def children(self) -> Iterator[tuple[str, "Layer"]]:
        """Yield name and layer of the direct sub-layers; the one walk on which the rest stands."""
        yield from members(self, Layer)

    def _walk(self, prefix: str = "") -> Iterator[tuple[str, "Layer"]]:
        yield prefix, self
        for name, child in self.children():
            yield from child._walk(f"{prefix}.{name}" if prefix else name)

    def named_layers(self) -> Iterator[tuple[str, "Layer"]]:
        """Yield the path and the layer of this one (path ``""``) and all below it, each layer once."""
        seen: set[int] = set()
        for path, layer in self._walk():
            if id(layer) not in seen:
                seen.add(id(layer))
                yield path, layer

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield the path and the parameter of every parameter here and below, each once even when shared."""
        seen: set[int] = set()
        for path, value in self._named_state(Parameter):
            if id(value) not in seen:
                seen.add(id(value))
                yield path, value

    def parameters(self) -> Iterator[Parameter]:
        """Yield every parameter here and below, each once even when shared."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Yield the path and the buffer of every buffer here and below."""
        yield from self._named_state(Buffer)

    def _named_state(self, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        for path, layer in self._walk():
            for name, value in members(layer, kind):
                yield (f"{path}.{name}" if path else name), value

    def state_dict(self) -> dict[str, Array]:
        """Return copies of all parameters and buffers by path; a shared parameter stands under each of its names."""
        state = {name: parameter.data.copy() for name, parameter in self._named_state(Parameter)}
        return state | {name: buffer.data.copy() for name, buffer in self._named_state(Buffer)}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Take the values of a state dict, arrays or CPU tensors, of this layer or of its PyTorch counterpart.

        Nothing is changed unless everything fits: shapes always, and with ``strict`` the set of names too.

        Raises: ShapeError that lists every missing, unexpected and misshaped entry.
        """
        own: dict[str, Parameter | Buffer] = {**dict(self._named_state(Parameter)), **dict(self._named_state(Buffer))}
        given = {name: np.asarray(value) for name, value in state_dict.items()}
        keys = IncompatibleKeys([name for name in own if name not in given],
                                [name for name in given if name not in own])
        problems = [f"{name}: expected shape {show_shape(own[name].data.shape)}, got {show_shape(value.shape)}"
                    for name, value in given.items() if name in own and own[name].data.shape != value.shape]
        if strict:
            problems += [f"{name}: missing" for name in keys.missing_keys]
            problems += [f"{name}: unexpected{nearest(name, keys.missing_keys)}" for name in keys.unexpected_keys]
        if problems:
            raise ShapeError(f"{type(self).__name__} can not load this state dict: " + "; ".join(problems))
        for name, value in given.items():
            place = own.get(name)
            if isinstance(place, Parameter):
                place.data = value
            elif place is not None:
                place.assign(value)
        return keys

    def train(self, mode: bool = True) -> Self:
        """Switch this layer and all below to training (True) or evaluation (False); return self."""
        for _, layer in self.named_layers():
            layer.training = mode
        return self

    def eval(self) -> Self:
        """Switch this layer and all below to evaluation; return self."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to zero."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or thaw all parameters; gradients still flow through. Return self."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def astype(self, dtype: npt.DTypeLike) -> Self:
        """Change the dtype of all parameters and floating-point buffers, and so of the computation; return self."""
        for parameter in self.parameters():
            parameter.astype(dtype)
        for _, buffer in self.named_buffers():
            buffer.astype(dtype)
        return self

    @property
    def title(self) -> str:
        """One line that says which layer this is, as errors name it: ``Linear(64, 10)``."""
        return f"{type(self).__name__}({show_options(options(self))})" if next(self.children(), None) is None \
            else type(self).__name__

    def place(self, name: str) -> str:
        """Return how this layer's errors name its sub-layer ``name``."""
        return f"{name} of {type(self).__name__}"

    def hint(self, name: str, shape: Shape) -> str:
        """Return the likely fix when array ``name`` came with a wrong ``shape``, or the empty string."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.children()]
        return self.title if not lines else "\n  ".join([f"{type(self).__name__}(", *lines]) + "\n)"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("cache", "tangent")}

    def _unwritten(self, what: str) -> NoReturn:
        why = "write it beside the others in its class" if not self.forward_mode_gap else self.forward_mode_gap
        raise NotImplementedError(f"{type(self).__name__} has no {what}; {why}")
