"""The part of the battery about forward mode: tangents and second derivatives, where a layer writes them down."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, Entry, Layer, call_back_jvp, call_jvp, flatten, replay, show_shape
from .compare import label
from .derivatives import judge
from .numeric import Slopes, line_slopes
from .trial import Outcome, Trial, copies, grads, is_float, packed, rebuilt

__all__ = ["adjoint", "second_order", "tangents"]


class Direction(NamedTuple):
    """Where inputs, parameters and upstream gradient move; None for what stays."""

    when: str
    x: tuple[Array | None, ...]
    parameters: dict[str, Array]
    grad_out: tuple[Array | None, ...]


class Run(NamedTuple):
    """A forward call, its tangent along a direction, and the way to repeat the call."""

    layer: Layer
    again: Callable[..., Any]
    y_dot: tuple[Array | None, ...]
    entry: Entry
    tangent: Any


def tangents(trial: Trial, tolerance: float) -> Iterator[str]:
    """The tangent that ``jvp`` gives equals central differences along the direction."""
    if not _has(trial.layer, "jvp"):
        return
    for direction in _directions(trial, upstream=False):
        run = _run(trial, direction)
        if len(run.y_dot) != len(trial.grad_out):
            yield f"jvp {direction.when}: expected {len(trial.grad_out)} tangents, received {len(run.y_dot)}"
            continue
        names = [label("y_dot", index, len(run.y_dot)) for index in range(len(run.y_dot))]
        yield from _judged(names, direction.when, _y_along(trial, run, direction), run.y_dot, tolerance)


def adjoint(trial: Trial, tolerance: float) -> Iterator[str]:
    """Forward and reverse mode are transposes: ``<grad_out, J v> = <J.T grad_out, v>``."""
    if not _has(trial.layer, "jvp"):
        return
    for direction in _directions(trial, upstream=False):
        y_dot, outcome = _run(trial, direction).y_dot, trial.run()
        ahead = _inner(trial.grad_out, y_dot)
        back = _inner(outcome.grad_x, direction.x) + sum(
            float(np.sum(outcome.grads[name] * dot)) for name, dot in direction.parameters.items())
        scale = sum(float(np.sum(np.abs(g * d))) for g, d in zip(trial.grad_out, y_dot, strict=True)
                    if g is not None and d is not None) + 1e-3
        if abs(ahead - back) > 1e-9 * scale:
            yield (f"<grad_out, jvp(v)> {direction.when}: expected {back:.6g}, which is <backward(grad_out), v>, "
                   f"received {ahead:.6g}")


def second_order(trial: Trial, tolerance: float) -> Iterator[str]:
    """What ``backward_jvp`` gives equals central differences of ``backward`` along the direction."""
    if not (_has(trial.layer, "jvp") and _has(trial.layer, "backward_jvp")):
        return
    for direction in _directions(trial, upstream=True):
        layer, _, _, entry, tangent = run = _run(trial, direction)
        grad_out_dot = packed(direction.grad_out) if any(dot is not None for dot in direction.grad_out) else None
        grad_x, grad_x_dot = call_back_jvp(layer, entry, tangent, packed(copies(trial.grad_out)), grad_out_dot)
        along = Outcome((), trial.one_per_input(grad_x), grads(layer))
        yield from trial.run().gradient_differences(along, f"of backward_jvp {direction.when}")
        count = len(flatten(trial.x))
        names = [label("grad_x_dot", index, count) for index in range(count)]
        dots = (*trial.one_per_input(grad_x_dot), *(parameter.grad_dot.copy() for parameter in layer.parameters()))
        yield from _judged([*names, *(f"{name}.grad_dot" for name, _ in layer.named_parameters())], direction.when,
                           _gradients_along(trial, run, direction), dots, tolerance * 10)


def _has(layer: Layer, method: str) -> bool:
    """Return whether a layer and all below write the method down."""
    return all(getattr(type(each), method) is not getattr(Layer, method) for _, each in layer.named_layers())


def _directions(trial: Trial, *, upstream: bool) -> Iterator[Direction]:
    normal = trial.rng.standard_normal
    x = tuple(np.asarray(normal(leaf.shape)) if is_float(leaf) else None for leaf in flatten(trial.x))
    parameters = {name: normal(parameter.shape) for name, parameter in trial.layer.named_parameters()}
    grad_out = tuple(None if grad is None else np.asarray(normal(grad.shape)) for grad in trial.grad_out)
    x0, out0 = (None,) * len(x), (None,) * len(grad_out)
    yield Direction("along x", x, {}, out0)
    if len(x) > 1:
        yield from (Direction(f"along x[{index}]", tuple(d if i == index else None for i, d in enumerate(x)), {}, out0)
                    for index in trial.float_inputs())
    if parameters:
        yield Direction("along the parameters", x0, parameters, out0)
        yield Direction("along x and parameters", x, parameters, out0)
    if upstream:
        yield Direction("along x, parameters and grad_out", x, parameters, grad_out)
        yield Direction("along grad_out", x0, {}, grad_out)


def _run(trial: Trial, direction: Direction) -> Run:
    layer = trial.fresh()
    again = replay(layer)
    _, entry = trial.forward(layer)
    for name, parameter in layer.named_parameters():
        parameter.dot = direction.parameters.get(name)
    y_dot, tangent = call_jvp(layer, entry, *rebuilt(trial.x, list(copies(direction.x))))
    count = len(trial.grad_out)
    return Run(layer, again, (None,) * count if y_dot is None else flatten(y_dot), entry, tangent)


def _y_along(trial: Trial, run: Run, direction: Direction) -> Callable[[float], Any]:
    """Return the output as a function of the way ``t`` along a direction."""
    start = {name: parameter.data.copy() for name, parameter in run.layer.named_parameters()}

    def y(t: float) -> Any:
        for name, parameter in run.layer.named_parameters():
            if name in direction.parameters:
                parameter.data = start[name] + t * direction.parameters[name]
        return run.again(*rebuilt(trial.x, _moved(flatten(copies(trial.x)), direction.x, t)))
    return y


def _gradients_along(trial: Trial, run: Run, direction: Direction) -> Callable[[float], Any]:
    """Return all gradients as a function of the way ``t`` along a direction."""
    y = _y_along(trial, run, direction)

    def gradients(t: float) -> Any:
        y(t)
        run.layer.zero_grad()
        back = trial.one_per_input(run.layer.backward(packed(tuple(_moved(trial.grad_out, direction.grad_out, t)))))
        return (*(np.zeros(np.shape(leaf)) if grad is None else grad
                  for leaf, grad in zip(flatten(trial.x), back, strict=True)),
                *(parameter.grad for parameter in run.layer.parameters()))
    return gradients


def _moved(leaves: tuple[Any, ...], dots: tuple[Array | None, ...], t: float) -> list[Any]:
    return [leaf if dot is None else leaf + t * dot for leaf, dot in zip(leaves, dots, strict=True)]


def _judged(names: list[str], when: str, moved: Callable[[float], Any], dots: tuple[Any, ...],
            tolerance: float) -> Iterator[str]:
    shapes = [np.shape(leaf) for leaf in flatten(moved(0.0))]
    slopes = cache(partial(line_slopes, moved))     # all are measured at once
    for index, (name, dot, shape) in enumerate(zip(names, dots, shapes, strict=True)):
        def probe(eps: float, index: int = index) -> Slopes:
            return slopes(eps)[index]
        if dot is not None and np.shape(dot) != shape:
            yield f"{name} {when}: expected shape {show_shape(shape)}, received shape {show_shape(np.shape(dot))}"
            continue
        yield from judge(f"{name} {when}", probe, np.zeros(shape) if dot is None else np.asarray(dot), tolerance)


def _inner(left: tuple[Any, ...], right: tuple[Any, ...]) -> float:
    return sum(float(np.sum(a * b)) for a, b in zip(left, right, strict=True) if a is not None and b is not None)
