"""The heart of the battery: what ``backward`` returns and adds up against difference quotients of ``forward``."""

from collections.abc import Callable, Iterator

import numpy as np

from ..layers import Elementwise
from ..layers.core import Array, Layer, Parameter, flatten, replay
from .compare import close, describe_difference, label, mismatch
from .numeric import Slopes, complex_step_gradient, entry_slopes, line_slopes
from .trial import Outcome, Trial, copies, grads, packed

__all__ = ["Kink", "check_entries", "complex_step", "forward_repeats", "gradients", "judge"]

EPS = 1e-5


class Kink(str):
    """A sentence about points without a derivative; it goes into the report's kinks, not its problems."""

    __slots__ = ()


def judge(what: str, probe: Callable[[float], Slopes], received: Array, tolerance: float,
          against: str = "central differences") -> Iterator[str]:
    """Compare derivatives with slopes measured at a step of ``probe``'s choice; yield a problem, kinks, or nothing.

    Where they disagree the step is made smaller once: the gap between the slopes on either side then shrinks if the
    function is smooth, and stays if it has a kink there; at a jump the slopes themselves grow.
    """
    slopes = probe(EPS)
    wrong = ~close(slopes.central, received, tolerance, slopes.noise)
    if wrong.any():
        near = probe(EPS / 16)
        away = np.abs(near.central - received)
        bent = (near.gap > slopes.gap / 4) & (4 * near.gap > away)
        torn = (np.abs(near.central) > 4 * np.abs(slopes.central)) & (2 * np.abs(near.central) > away)
        kink = wrong & (bent | torn)
        wrong &= ~kink & ~close(near.central, received, tolerance, near.noise)
        if kink.any():
            first = np.flatnonzero(kink)[0]
            yield Kink(f"{what}: {int(kink.sum())} of {kink.size} values lie at a kink, the first with slopes "
                       f"{near.left.flat[first]:.3g} and {near.right.flat[first]:.3g} on either side")
    problem = describe_difference(f"{what} against {against}", slopes.central, received, wrong)
    if problem:
        yield problem


def check_entries(what: str, function: Callable[[Array], object], x: Array, grad_out: object, received: Array | None,
                  trial: Trial, entries: int, tolerance: float) -> Iterator[str]:
    """Judge the gradient of one array: all its entries, or some and one direction through all of them."""
    if received is None:
        received = np.zeros_like(x)
        what = f"{what} (None, which stands for zero)"
    if received.shape != x.shape:
        yield mismatch(what, x, received) or ""
        return

    def judged(chosen: Array) -> list[str]:
        def probe(eps: float) -> Slopes:
            slopes = entry_slopes(function, x, chosen, grad_out, eps)
            return Slopes(slopes.left.reshape(shape), slopes.right.reshape(shape), slopes.noise)
        shape = x.shape if chosen.size == x.size else chosen.shape      # indices of the whole array where it is whole
        return list(judge(what, probe, received.ravel()[chosen].reshape(shape), tolerance))

    if x.size <= entries:
        yield from judged(np.arange(x.size))
        return
    found = judged(np.sort(trial.rng.choice(x.size, entries, replace=False)))
    if any(isinstance(sentence, Kink) for sentence in found):
        found = judged(np.arange(x.size))       # kinks of opposite sign cancel along a direction, so look at each entry
    elif not found:
        direction = trial.rng.standard_normal(x.shape)

        def along(eps: float) -> Slopes:
            parts = [(slopes, weight) for slopes, weight in zip(
                line_slopes(lambda t: function(x + t * direction), eps), flatten(grad_out), strict=True)
                if weight is not None]
            return Slopes(np.asarray(sum(np.sum(slopes.left * weight) for slopes, weight in parts)),
                          np.asarray(sum(np.sum(slopes.right * weight) for slopes, weight in parts)),
                          sum(slopes.noise * float(np.linalg.norm(weight)) for slopes, weight in parts))
        found = list(judge(f"{what} along a random direction", along, np.asarray(np.sum(received * direction)),
                           tolerance * 10))
    yield from found


def forward_repeats(trial: Trial) -> Iterator[str]:
    """A replayed forward pass gives the same bits."""
    layer = trial.fresh()
    again = replay(layer)
    first = [np.array(y) for y in flatten(trial.forward(layer)[0])]
    if not all(np.isfinite(y).all() for y in first):
        yield "y: expected finite numbers, received NaN or infinity"
    for y, y_again in zip(first, flatten(again(*copies(trial.x))), strict=True):
        problem = mismatch("y of a replayed forward pass", y, y_again, 0.0)
        if problem:
            yield f"{problem}; draw from the rng= given or from default_rng(), and keep state in Buffers"


def gradients(trial: Trial, entries: int, tolerance: float) -> Iterator[str]:
    """Gradients of all inputs and parameters equal central differences, for a random upstream gradient."""
    layer = trial.fresh()
    trial.forward(layer, copies(trial.other_x))     # an earlier call, so that what it left behind can not go unnoticed
    again = replay(layer)
    y, entry = trial.forward(layer)
    outcome = Outcome(flatten(y), trial.backward(entry), grads(layer))
    count = len(flatten(trial.x))
    if len(outcome.grad_x) != count:
        yield f"grad_x: expected {count} gradients, one for each input, received {len(outcome.grad_x)}"
        return
    upstream = packed(trial.grad_out)
    leaves = flatten(trial.x)
    for index in range(count):
        name = label("grad_x", index, count)
        if index not in trial.float_inputs():
            if outcome.grad_x[index] is not None:
                yield f"{name}: expected None for an input that is no floating-point array, received an array"
            continue

        def function(value: Array, index: int = index) -> object:
            return again(*trial.with_input(index, value))
        yield from check_entries(name, function, leaves[index], upstream, outcome.grad_x[index], trial, entries,
                                 tolerance)
    for name, parameter in layer.named_parameters():
        if parameter.requires_grad:
            yield from _check_parameter(name, parameter, outcome.grads[name], again, trial, entries, tolerance)


def _check_parameter(name: str, parameter: Parameter, received: Array, again: Callable[..., object], trial: Trial,
                     entries: int, tolerance: float) -> Iterator[str]:
    start = parameter.data.copy()

    def function(value: Array) -> object:
        parameter.data = value
        return again(*copies(trial.x))
    found = list(check_entries(f"{name}.grad", function, start, packed(trial.grad_out), received, trial, entries,
                               tolerance))
    parameter.data = start
    yield from found
    if not parameter.reached and (received.any() or found):
        yield f"{name}.reached: expected True after backward, received False; begin backward with self.saved()"


def complex_step(trial: Trial) -> Iterator[str]:
    """Where the function is analytic, the complex step confirms the gradient to twelve digits."""
    layer: Layer = trial.layer
    if not isinstance(layer, Elementwise):
        return
    (x,), grad_out = trial.x, np.asarray(trial.grad_out[0])
    try:
        exact = complex_step_gradient(layer.value, x, grad_out)
    except (TypeError, ArithmeticError, Warning, ValueError):
        return                                      # the function knows real numbers only
    slopes = line_slopes(lambda t: layer.value(x + t), EPS)[0]
    if close(exact, slopes.central * grad_out, 1e-6).all():     # else it is no analytic function: |x|, say
        problem = mismatch("grad_x against the complex step", exact, trial.run().grad_x[0], 1e-11)
        if problem:
            yield problem
