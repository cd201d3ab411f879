"""The contract battery for losses: the one for layers, and what only losses promise."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np

from ..layers.core import ChainruleError, StateError, flatten, get_rng_state, set_rng_state
from ..losses import Loss
from .calls import CALL_CHECKS
from .compare import each, label, mismatch
from .derivatives import Kink, forward_repeats, gradients, judge
from .layer import run_check, start
from .numeric import Slopes, line_slopes
from .objective import Objective
from .report import Report
from .states import backward_follows_forward, copies_are_independent, same_seed_same_bits, state_dict_is_complete
from .trial import Trial, as_float, copies, draw, first_of_batch, packed, rebuilt, strided

__all__ = ["check_loss"]


def check_loss(loss: Loss, prediction: Any, target: Any, *, batch_axis: int | None = 0, seed: int = 0,
               entries: int = 48, tolerance: float = 1e-6, brief: bool = False) -> Report:
    """Run the contract battery on a loss, for every reduction it has.

    ``prediction`` and ``target`` are shapes, filled with normal random numbers, or arrays that are used as they are
    (classes, probabilities), or tuples of these. The other arguments are those of ``check_layer``.

    Source: Goodfellow et al. 2016, section 11.5.

    Example:
        >>> from chainrule.testing import check_loss
        >>> check_loss(MSELoss(), (7, 5), (7, 5)).problems
        []
    """
    report = Report(loss.title, brief=brief)
    random_state = get_rng_state()
    try:
        drawn, held = draw((prediction, target), np.random.default_rng(seed))
        x = drawn if isinstance(drawn, tuple) else (drawn,)
        for reduction in getattr(loss, "reductions", ("mean", "sum", "none")) if hasattr(loss, "reduction") else ("",):
            _check_reduction(report, loss, reduction, x, held, batch_axis, seed, entries, tolerance)
    finally:
        set_rng_state(random_state)
    return report


def _check_reduction(report: Report, loss: Loss, reduction: str, x: tuple[Any, ...], target: Any,
                     batch_axis: int | None, seed: int, entries: int, tolerance: float) -> None:
    reduced = deepcopy(loss)
    if reduction:
        reduced.reduction = reduction
    mode = f"for reduction={reduction!r}" if reduction else "as it is"
    arguments = (as_float(packed(x), np.float64), as_float(target, np.float64))
    trial = start(report, mode, Objective(reduced, arguments[1]), x, True, seed)
    if trial is None:
        return
    run_check(report, mode, forward_repeats, trial)
    run_check(report, mode, gradients, trial, entries, tolerance)
    for check in (*CALL_CHECKS, backward_follows_forward, same_seed_same_bits, state_dict_is_complete,
                  copies_are_independent):
        run_check(report, mode, check, trial)
    for loss_check in (forward_comes_first, values_and_dtypes, backward_starts_at_one, target_is_left_alone,
                       terms_add_up):
        run_check(report, mode, loss_check, deepcopy(reduced), *copies(arguments))
    run_check(report, mode, hessian, deepcopy(reduced), *copies(arguments), trial.rng, tolerance)
    run_check(report, mode, batch_of_one, trial, batch_axis, tolerance)


def forward_comes_first(loss: Loss, prediction: Any, target: Any) -> Iterator[str]:
    """``backward`` and ``hvp`` before ``forward`` are errors that say so."""
    for name, argument in (("backward", 1.0), ("hvp", prediction)):
        if hasattr(loss, name):
            try:
                getattr(deepcopy(loss), name)(argument)
            except StateError:
                continue
            yield f"{name} before forward: expected StateError, received a result"


def values_and_dtypes(loss: Loss, prediction: Any, target: Any) -> Iterator[str]:
    """The value is a Python float, or an array of the prediction's dtype; the gradient has that dtype too."""
    for dtype in (np.float32, np.float64):
        given, case = as_float(prediction, dtype), f"for a prediction in {np.dtype(dtype)}"
        value = loss.forward(given, as_float(target, dtype))
        scalar = getattr(loss, "reduction", "mean") != "none"
        if scalar and type(value) is not float:
            yield f"value: expected a Python float, received {type(value).__name__}"
        if not scalar and (not isinstance(value, (np.ndarray, np.generic)) or value.dtype != dtype):
            yield f"value {case}: expected that dtype, received {_kind(value)}"
        for grad in flatten(loss.backward() if scalar else loss.backward(np.ones_like(value))):
            if grad is not None and grad.dtype != dtype:
                yield f"grad_prediction {case}: expected that dtype, received {grad.dtype}"


def backward_starts_at_one(loss: Loss, prediction: Any, target: Any) -> Iterator[str]:
    """``backward()`` is ``backward(1.0)``."""
    if getattr(loss, "reduction", "mean") != "none":
        loss.forward(prediction, target)
        yield from each("grad_prediction", flatten(loss.backward(1.0)), flatten(loss.backward()), "of backward()", 0.0)


def target_is_left_alone(loss: Loss, prediction: Any, target: Any) -> Iterator[str]:
    """The target keeps its values, and its memory may be laid out in any way."""
    ours = copies(target)
    value = loss.forward(prediction, ours)
    upstream = np.ones_like(value)
    plain = loss.backward(upstream if upstream.ndim else 1.0)
    yield from each("target", flatten(target), flatten(ours), "after forward and backward", 0.0)
    again = loss.forward(prediction, rebuilt(target, [strided(leaf) for leaf in flatten(target)]))
    yield from each("value", (value,), (again,), "for a target that is not contiguous")
    yield from each("grad_prediction", flatten(plain), flatten(loss.backward(upstream if upstream.ndim else 1.0)),
                    "for a target that is not contiguous")


def terms_add_up(loss: Loss, prediction: Any, target: Any) -> Iterator[str]:
    """The terms of "none" add up to "sum", and each has the gradient that "sum" gives all."""
    if getattr(loss, "reduction", "") != "sum":
        return
    terms = deepcopy(loss)
    terms.reduction = "none"
    values = np.asarray(terms.forward(prediction, target))
    problem = mismatch('value against the sum of the terms of reduction="none"', values.sum(),
                       np.asarray(loss.forward(prediction, target)))
    if problem:
        yield problem
    yield from each("grad_prediction", flatten(terms.backward(np.ones_like(values))), flatten(loss.backward()),
                    'against that of reduction="none" with an upstream gradient of ones')


def hessian(loss: Loss, prediction: Any, target: Any, rng: np.random.Generator, tolerance: float) -> Iterator[str]:
    """The product ``hvp(v)`` equals central differences of ``backward`` along ``v``, where a loss has it."""
    if not hasattr(loss, "hvp"):
        return
    direction = rebuilt(prediction, [rng.standard_normal(np.shape(leaf)) for leaf in flatten(prediction)])

    def gradient(t: float) -> Any:
        moved = [leaf + t * dot for leaf, dot in zip(flatten(prediction), flatten(direction), strict=True)]
        value = np.asarray(loss.forward(rebuilt(prediction, moved), target))
        return loss.backward(np.ones_like(value) if value.ndim else 1.0)
    gradient(0.0)
    products = flatten(loss.hvp(direction))
    for index, product in enumerate(products):
        def probe(eps: float, index: int = index) -> Slopes:
            return line_slopes(gradient, eps)[index]
        yield from judge(label("hvp(v)", index, len(products)), probe, np.asarray(product), tolerance * 10)


def batch_of_one(trial: Trial, batch_axis: int | None, tolerance: float) -> Iterator[str]:
    """Gradients also hold for a batch of one."""
    objective = trial.layer
    if not isinstance(objective, Objective):
        return
    short = first_of_batch((trial.x, objective.target), batch_axis)
    if short is not None:
        x, target = short
        try:
            single = Trial(Objective(objective.loss, target), x, seed=trial.seed)
        except ChainruleError:
            return
        for sentence in gradients(single, 8, tolerance):
            yield sentence if isinstance(sentence, Kink) else f"batch of one: {sentence}"


def _kind(value: Any) -> str:
    return str(getattr(value, "dtype", type(value).__name__))
