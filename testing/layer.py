"""The contract battery: one set of checks that every layer has to pass, and anyone may run on their own."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..layers.core import ChainruleError, Layer, get_rng_state, message, set_rng_state
from ..layers.sparse_rows import is_sparse
from .calls import CALL_CHECKS
from .derivatives import Kink, complex_step, forward_repeats, gradients
from .report import Report
from .states import STATE_CHECKS
from .stored_values import StoredValues
from .tangents import adjoint, second_order, tangents
from .trial import Trial, draw, first_of_batch

__all__ = ["check_layer", "run_check", "start"]


def check_layer(layer: Layer, *x: Any, batch_axis: int | None = 0, seed: int = 0, entries: int = 48,
                tolerance: float = 1e-6, brief: bool = False) -> Report:
    """Run the contract battery on a layer: derivatives, calls, state and description.

    Each ``x`` is a shape, filled with normal random numbers, or an array that is used as it is (indices, numbers in a
    range), or a tuple of these; of a SciPy sparse array the stored values vary. Everything runs on float64 copies; the
    layer itself is left alone. Gradients are compared with central differences for a random upstream gradient, at all
    entries of small arrays and at ``entries`` random ones of large arrays, along with one random direction through all.

    ``batch_axis`` is the axis that a batch of one shortens, None if there is none. ``tolerance`` is relative to the
    largest value of each array. ``brief`` ends with the first problem.

    Source: Goodfellow et al. 2016, section 11.5; scikit-learn's check_estimator as the model of one battery for all.

    Example:
        >>> from chainrule.testing import check_layer
        >>> check_layer(Linear(5, 3), (7, 5)).problems
        []
    """
    report = Report(layer.title, brief=brief)
    if len(x) == 1 and is_sparse(x[0]):
        layer, batch_axis = StoredValues(layer, x[0]), None
        x = (layer.values,)
    random_state = get_rng_state()
    try:
        drawn = draw(x, np.random.default_rng(seed))
        training = start(report, "in training", layer, drawn, True, seed)
        evaluation = start(report, "in evaluation", layer, drawn, False, seed)
        if training and evaluation:
            _battery(report, "in training", training, batch_axis, entries, tolerance)
            if _differ(training, evaluation):
                _battery(report, "in evaluation", evaluation, batch_axis, entries, tolerance)
    finally:
        set_rng_state(random_state)
    return report


def _battery(report: Report, mode: str, trial: Trial, batch_axis: int | None, entries: int, tolerance: float) -> None:
    run_check(report, mode, forward_repeats, trial)
    run_check(report, mode, gradients, trial, entries, tolerance)
    run_check(report, mode, complex_step, trial)
    for check in (*CALL_CHECKS, *STATE_CHECKS):
        run_check(report, mode, check, trial)
    for tangent_check in (tangents, adjoint, second_order):
        run_check(report, mode, tangent_check, trial, tolerance)
    run_check(report, mode, batch_of_one, trial, batch_axis, tolerance)


def run_check(report: Report, mode: str, check: Callable[..., Iterable[str]], *arguments: Any) -> None:
    """Run one check, if more is to be found, and enter its findings in a report; an exception is one too."""
    if report.complete():
        return
    name = check.__name__.replace("_", " ")
    report.checked.append(f"{name} {mode}")
    try:
        for sentence in check(*arguments):
            (report.kinks if isinstance(sentence, Kink) else report.problems).append(f"{sentence} ({mode})")
            if report.complete():
                return
    except Exception as error:      # whatever a wrong layer raises belongs into the report
        report.problems.append(f"{name}: raised {type(error).__name__}: {message(error)} ({mode})")


def batch_of_one(trial: Trial, batch_axis: int | None, tolerance: float) -> Iterator[str]:
    """Gradients also hold for a batch of one; a layer may refuse it with an error of its own."""
    short = first_of_batch(trial.x, batch_axis)
    if short is None:
        return
    try:
        single = Trial(trial.layer, short, training=trial.training, seed=trial.seed)
    except ChainruleError:
        return
    for sentence in gradients(single, 8, tolerance):
        yield sentence if isinstance(sentence, Kink) else f"batch of one: {sentence}"


def start(report: Report, mode: str, layer: Layer, x: tuple[Any, ...], training: bool, seed: int) -> Trial | None:
    """Return the trial, or None with the reason in the report if forward does not even run."""
    try:
        return Trial(layer, x, training=training, seed=seed)
    except Exception as error:      # as in run_check
        report.problems.append(f"forward: raised {type(error).__name__}: {message(error)} ({mode})")
        return None


def _differ(training: Trial, evaluation: Trial) -> bool:
    try:
        return any(True for _ in training.run().differences(evaluation.run(grad_out=training.grad_out), "", 0.0))
    except Exception:               # the battery says in which mode and why
        return True
