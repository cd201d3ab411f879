"""The part of the battery about what outlives a call: parameters, modes, dtypes, seeds, copies, and the description."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import numpy as np

from ..layers.core import Array, ChainruleError, Layer, Shape, ShapeError, cache_bytes, flatten, show_shape
from .compare import each, label
from .trial import Trial, as_float, copies, grads, is_float, rebuilt

__all__ = ["STATE_CHECKS"]


def dtypes_are_kept(trial: Trial) -> Iterator[str]:
    """The output has the parameters' dtype (without any, the input's), the input's gradient that of the input.

    Where a container's paths with and without parameters meet, NumPy decides if the two dtypes differ.
    """
    for own in (np.float32, np.float64):
        for given in (np.float32, np.float64):
            layer = trial.fresh().astype(own)
            y, entry = trial.forward(layer, as_float(copies(trial.x), given))
            wanted = own if any(True for _ in layer.parameters()) else given
            case = f"for x in {np.dtype(given)} and a layer in {np.dtype(own)}"
            if own == given or not any(True for _ in layer.children()):
                yield from _dtype("y", [leaf for leaf in flatten(y) if is_float(leaf)], wanted, case)
            for upstream in (np.float32, np.float64):
                grad_x = trial.backward(entry, as_float(copies(trial.grad_out), upstream))
                yield from _dtype("grad_x", [leaf for leaf in grad_x if leaf is not None], given,
                                  f"{case}, grad_out in {np.dtype(upstream)}")


def _dtype(what: str, arrays: list[Array], wanted: type, case: str) -> Iterator[str]:
    for index, array in enumerate(arrays):
        if array.dtype != wanted:
            yield f"{label(what, index, len(arrays))} {case}: expected {np.dtype(wanted)}, received {array.dtype}"


def backward_follows_forward(trial: Trial) -> Iterator[str]:
    """Backward follows the mode in which forward ran, not the one it finds."""
    layer = trial.fresh()
    _, entry = trial.forward(layer)
    layer.train(not trial.training)
    back = trial.backward(entry)
    when = "when the mode was changed between forward and backward"
    plain = trial.run()
    yield from plain.gradient_differences(plain._replace(grad_x=back, grads=grads(layer)), when)


def state_dict_is_complete(trial: Trial) -> Iterator[str]:
    """A state dict carries all that a trained layer knows into a copy that knows nothing."""
    trained, other = trial.fresh().train(), trial.fresh().eval()
    trial.forward(trained, copies(trial.other_x))       # moves running statistics
    trained.eval()
    for parameter in other.parameters():
        parameter.data = trial.rng.standard_normal(parameter.shape)
    other.load_state_dict(trained.state_dict())
    for (name, value), again in zip(trained.state_dict().items(), other.state_dict().values(), strict=True):
        yield from each(name, (value,), (again,), "after saving and loading the state dict", 0.0)
    yield from trial.run(trained).differences(trial.run(other), "after saving and loading the state dict")


def same_seed_same_bits(trial: Trial) -> Iterator[str]:
    """The same seed gives the same bits, forward and back."""
    yield from trial.run().differences(trial.run(), "of two runs with one seed", 0.0)


def frozen_parameters_are_left_alone(trial: Trial) -> Iterator[str]:
    """A frozen parameter gets no gradient, and nothing else changes."""
    names = [name for name, _ in trial.layer.named_parameters()]
    if not names:
        return
    plain = trial.run()
    for frozen in [*([name] for name in names[:8]), names]:
        layer, marks = trial.fresh(), {}
        for name, parameter in layer.named_parameters():
            if name in frozen:
                parameter.requires_grad = False
                marks[name] = trial.rng.standard_normal(parameter.shape)
                parameter.grad = marks[name]
                parameter.reached = False
        expected = plain._replace(grads=plain.grads | marks)
        yield from expected.differences(trial.run(layer), f"with {' and '.join(frozen)} frozen")
        for name, parameter in layer.named_parameters():
            if name in frozen and parameter.reached:
                yield f"{name}.reached: expected False for a frozen parameter, received True"


def description_holds(trial: Trial) -> Iterator[str]:
    """``describe`` says by arithmetic what a real call does."""
    layer = trial.fresh()
    shapes = [None if leaf is None else np.shape(leaf) for leaf in flatten(trial.x)]
    told = layer.describe(*rebuilt(trial.x, list(shapes)))
    x = copies(trial.x)
    y = layer.forward(*x)
    real = tuple(np.shape(leaf) for leaf in flatten(y))
    if tuple(told.y_shapes) != real:
        yield f"describe: expected output shapes {_shown(real)}, received {_shown(tuple(told.y_shapes))}"
    for what, expected, received in (
            ("parameters", sum(parameter.size for parameter in layer.parameters()), told.parameters),
            ("cache bytes", cache_bytes(layer.cache), told.cache_bytes(np.float64))):
        if expected != received:
            yield f"describe: expected {expected} {what}, received {received}"
    views = tuple(next((i for i, given in enumerate(flatten(x)) if np.shares_memory(leaf, given)), None)
                  for leaf in flatten(y))
    if views != (told.views or (None,) * len(views)):
        yield f"describe: expected views={views}, the inputs whose memory the outputs are, received {told.views}"
    yield from _refusals(trial, shapes)


def _refusals(trial: Trial, shapes: list[Shape | None]) -> Iterator[str]:
    """Let one axis of one input grow: what forward refuses, describe must refuse, in the same words."""
    for index, leaf in enumerate(flatten(trial.x)):
        for axis in range(0 if leaf is None else leaf.ndim):
            grown = (*leaf.shape[:axis], leaf.shape[axis] + 1, *leaf.shape[axis + 1:])
            told = [grown if i == index else shape for i, shape in enumerate(shapes)]
            expected = _refusal(trial.fresh().forward, trial.with_input(index, np.resize(leaf, grown)))
            received = _refusal(trial.fresh().describe, rebuilt(trial.x, told))
            if expected != received:
                yield (f"describe for {label('x', index, len(shapes))} of shape {show_shape(grown)}: expected "
                       f"{expected!r} as in forward, received {received!r}")


def _refusal(method: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    try:
        method(*arguments)
    except ShapeError as error:
        return str(error)
    except ChainruleError:      # about values, which describe does not know
        pass
    return "no error"


def _shown(shapes: tuple[Shape, ...]) -> str:
    return " and ".join(show_shape(shape) for shape in shapes)


def copies_are_independent(trial: Trial) -> Iterator[str]:
    """A deep copy gives the same numbers, and training it leaves the original alone."""
    layer = trial.fresh()
    plain = trial.run(layer)
    trial.forward(layer)
    twin: Layer = deepcopy(layer)
    twin.zero_grad()
    for parameter in twin.parameters():
        parameter.grad += 1
        parameter.data = parameter.data + 1
    for name, grad in grads(layer).items():
        yield from each(f"{name}.grad", (plain.grads[name],), (grad,), "after a change of a deep copy", 0.0)
    reference = trial.fresh().state_dict()
    names = {name for name, _ in layer.named_parameters()}
    for name, value in layer.state_dict().items():
        if name in names:
            yield from each(name, (reference[name],), (value,), "after a change of a deep copy", 0.0)


def shows_itself(trial: Trial) -> Iterator[str]:
    """``repr`` and ``title`` are texts that begin with the name of the class."""
    for what, text in (("repr", repr(trial.layer)), ("title", trial.layer.title)):
        if not text.startswith(type(trial.layer).__name__):
            yield f"{what}: expected a text that begins with {type(trial.layer).__name__}, received {text!r}"


STATE_CHECKS = (dtypes_are_kept, backward_follows_forward, state_dict_is_complete, same_seed_same_bits,
                frozen_parameters_are_left_alone, description_holds, copies_are_independent, shows_itself)
