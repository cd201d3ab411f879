"""The part of the battery about calls: what one call may and may not do to arguments, to results and to other calls."""

from collections.abc import Iterator

import numpy as np

from ..layers.core import Array, StateError, call_back, flatten
from .compare import each
from .trial import Outcome, Trial, copies, grads, packed, rebuilt, strided

__all__ = ["CALL_CHECKS"]


def backwards_accumulate(trial: Trial) -> Iterator[str]:
    """A second backward doubles the parameters' gradients and returns the same gradient of the input."""
    layer = trial.fresh()
    _, entry = trial.forward(layer)
    first = tuple(copies(grad) for grad in trial.backward(entry))
    doubled = {name: 2 * grad for name, grad in grads(layer).items()}
    yield from Outcome((), first, doubled).gradient_differences(
        Outcome((), trial.backward(entry), grads(layer)), "after a second backward")


def gradients_are_added(trial: Trial) -> Iterator[str]:
    """Backward adds to the gradients it finds, whatever they are."""
    layer = trial.fresh()
    before = {}
    for name, parameter in layer.named_parameters():
        before[name] = trial.rng.standard_normal(parameter.shape)
        parameter.grad = before[name]
    plain = trial.run()
    expected = Outcome(plain.y, plain.grad_x, {name: grad + before[name] for name, grad in plain.grads.items()})
    yield from expected.gradient_differences(trial.run(layer), "when gradients were not zero before")


def linear_in_grad_out(trial: Trial) -> Iterator[str]:
    """Backward is a linear map of the upstream gradient."""
    first = trial.grad_out
    second = tuple(None if grad is None else trial.rng.standard_normal(grad.shape) for grad in first)

    def combined(a: float, b: float) -> tuple[Array | None, ...]:
        return tuple(None if g is None or h is None else a * g + b * h for g, h in zip(first, second, strict=True))

    one, other = trial.run(), trial.run(grad_out=second)
    for a, b, when in ((1.0, 1.0, "for the sum of two upstream gradients"),
                       (-3.0, 0.0, "for an upstream gradient times -3"),
                       (0.0, 0.0, "for an upstream gradient of zero")):
        expected = Outcome((), tuple(None if g is None or h is None else a * g + b * h
                                     for g, h in zip(one.grad_x, other.grad_x, strict=True)),
                           {name: a * grad + b * other.grads[name] for name, grad in one.grads.items()})
        yield from expected.gradient_differences(trial.run(grad_out=combined(a, b)), when, 1e-9)


def nothing_is_changed(trial: Trial) -> Iterator[str]:
    """Inputs, upstream gradient, outputs, parameters and buffers keep their values."""
    layer = trial.fresh()
    x, grad_out = copies(trial.x), copies(trial.grad_out)
    parameters = {name: parameter.data.copy() for name, parameter in layer.named_parameters()}
    y, entry = trial.forward(layer, x)
    yield from each("x", flatten(trial.x), flatten(x), "after forward", 0.0)
    first = tuple(copies(leaf) for leaf in flatten(y))
    buffers = [(name, buffer.data.copy()) for name, buffer in layer.named_buffers()]
    trial.backward(entry, grad_out)
    yield from each("x", flatten(trial.x), flatten(x), "after backward", 0.0)
    yield from each("grad_out", trial.grad_out, grad_out, "after backward", 0.0)
    yield from each("y", first, flatten(y), "after backward", 0.0)
    for name, parameter in layer.named_parameters():
        yield from each(name, (parameters[name],), (parameter.data,), "after forward and backward", 0.0)
    for (name, before), (_, buffer) in zip(buffers, layer.named_buffers(), strict=True):
        yield from each(name, (before,), (buffer.data,), "after backward", 0.0)


def calls_do_not_mix(trial: Trial) -> Iterator[str]:
    """A second call on other data changes neither the first one's output nor its way back."""
    layer = trial.fresh()
    y, entry = trial.forward(layer)
    first = tuple(copies(leaf) for leaf in flatten(y))
    other_y, other_entry = trial.forward(layer, copies(trial.other_x))
    yield from each("y", first, flatten(y), "of the first call after a second call on other data", 0.0)
    outcome = Outcome(first, trial.backward(entry), grads(layer))
    yield from trial.run().gradient_differences(outcome, "of the first call, gone back after a second call")
    layer.zero_grad()
    second = Outcome(flatten(other_y), trial.backward(other_entry), grads(layer))
    alone = trial.run(x=copies(trial.other_x))
    if not any(each("y", alone.y, second.y, "", 0.0)):      # else it draws, and gradients after a first call show it
        yield from alone.gradient_differences(second, "of the second of two calls")


def memory_is_not_shared(trial: Trial) -> Iterator[str]:
    """Neither output nor gradient lies in the memory of a parameter, where the next update would change it."""
    layer = trial.fresh()
    outcome = trial.run(layer)
    for what, arrays in (("y", outcome.y), ("grad_x", outcome.grad_x)):
        for name, parameter in layer.named_parameters():
            for owned in (parameter.data, parameter.grad):
                if any(isinstance(array, np.ndarray) and np.may_share_memory(array, owned) for array in arrays):
                    yield f"{what}: shares memory with parameter {name}; return a copy"


def order_is_kept(trial: Trial) -> Iterator[str]:
    """Backward before forward is an error that says so."""
    layer = trial.fresh()
    try:
        layer.backward(packed(copies(trial.grad_out)))
    except StateError:
        return
    except Exception as error:
        yield f"backward before forward: expected StateError, received {type(error).__name__}: {error}"
        return
    yield "backward before forward: expected StateError, received a result; begin backward with self.saved()"


def cache_moves(trial: Trial) -> Iterator[str]:
    """The cache is all that belongs to a call: dropped there is no way back, put back there is."""
    layer = trial.fresh()
    layer.forward(*copies(trial.x))
    cache, layer.cache = layer.cache, None
    if cache is None:
        yield "cache: expected a value after forward, received None; use () if nothing is needed"
        return
    yield from order_is_kept(trial)
    layer.cache = cache
    back = trial.one_per_input(layer.backward(packed(copies(trial.grad_out))))
    yield from trial.run().gradient_differences(Outcome((), back, grads(layer)),
                                                "with the cache taken out and put back")


def memory_layout_is_free(trial: Trial) -> Iterator[str]:
    """Strided inputs, strided and broadcast upstream gradients give the numbers that contiguous ones give."""
    plain = trial.run()
    x = rebuilt(trial.x, [strided(leaf) for leaf in flatten(trial.x)])
    yield from plain.differences(trial.run(x=x), "for an x that is not contiguous")
    yield from plain.gradient_differences(trial.run(grad_out=tuple(map(strided, trial.grad_out))),
                                          "for a grad_out that is not contiguous")
    ones = tuple(None if grad is None else np.ones_like(grad) for grad in trial.grad_out)
    stretched = tuple(None if grad is None else np.broadcast_to(np.float64(1), grad.shape) for grad in trial.grad_out)
    yield from trial.run(grad_out=ones).gradient_differences(trial.run(grad_out=stretched),
                                                             "for a grad_out of strides 0")


def missing_gradients_are_zero(trial: Trial) -> Iterator[str]:
    """None among several upstream gradients stands for zero."""
    for index, grad in enumerate(trial.grad_out):
        if len(trial.grad_out) > 1 and grad is not None:
            none, zero = list(trial.grad_out), list(trial.grad_out)
            none[index], zero[index] = None, np.zeros_like(grad)
            expected, received = trial.run(grad_out=tuple(zero)), trial.run(grad_out=tuple(none))
            filled = [np.zeros_like(e) if r is None and e is not None else r
                      for e, r in zip(expected.grad_x, received.grad_x, strict=True)]
            yield from expected.gradient_differences(received._replace(grad_x=tuple(filled)),
                                                     f"for None as grad_out[{index}]")


def input_gradient_can_be_skipped(trial: Trial) -> Iterator[str]:
    """``needs_input_grad=False`` gives None and the same gradients of parameters."""
    layer = trial.fresh()
    _, entry = trial.forward(layer)
    grad_x = call_back(layer, entry, packed(copies(trial.grad_out)), needs_input_grad=False)
    received = grads(layer)
    for name, grad in trial.run().grads.items():
        yield from each(f"{name}.grad", (grad,), (received[name],), "with needs_input_grad=False")
    if any(leaf is not None for leaf in flatten(grad_x)):
        yield "grad_x with needs_input_grad=False: expected None, received an array"


def zero_grad_clears(trial: Trial) -> Iterator[str]:
    """``zero_grad`` leaves no gradient behind, also where a parameter names the rows that have one."""
    layer = trial.fresh()
    trial.run(layer)
    layer.zero_grad()
    for name, parameter in layer.named_parameters():
        yield from each(f"{name}.grad", (np.zeros(parameter.shape),), (parameter.grad,), "after zero_grad", 0.0)


CALL_CHECKS = (backwards_accumulate, gradients_are_added, zero_grad_clears, linear_in_grad_out, nothing_is_changed,
               calls_do_not_mix, memory_is_not_shared, order_is_kept, cache_moves, memory_layout_is_free,
               missing_gradients_are_zero, input_gradient_can_be_skipped)
