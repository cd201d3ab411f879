"""Newton's method from a memory of the last steps."""

from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from ..layers.core import Array, NonNegative, ShapeError, Size, ValueRangeError, check_choice, check_size, show_shape
from .groups import Group, Params, parameters_of
from .optimizer import Closure, Optimizer
from .strong_wolfe import Trial, strong_wolfe
from .vector import gradient_vector, place, value_vector

__all__ = ["LBFGS"]


class Pair:
    """A step, how the gradient changed along it, and the product of the two: the curvature that was met."""

    def __init__(self, change: Array, step: Array) -> None:
        self.change = change
        self.step = step
        self.curvature = float(change @ step)


class LBFGS(Optimizer):
    """Limited-memory BFGS: several steps along ``-H @ grad`` in one call, H built from the last steps.

    Formula: pairs y = change of grad, s = change of w of the last history_size steps, newest last; H = H(newest):
             H(0) = (s @ y) / (y @ y)                                                   of the newest pair
             H(k) = (I - s @ y.T / (y @ s)) @ H(k - 1) @ (I - y @ s.T / (y @ s)) + s @ s.T / (y @ s)
             w -= t * H @ grad
    t is lr, or for line_search_fn="strong_wolfe" where the line search that begins there ends. Gradients of frozen and
    unreached parameters count as zero. The data must be the same in every evaluation: use it on full batches.

    Cost: 2 * history_size + 4 vectors of the size of the parameters, and as many products of them in a step; one
    ``step`` calls ``closure`` up to max_eval times (max_iter * 5 // 4).

    Raises: ValueRangeError for several groups; StateError without a closure.

    Source: Nocedal & Wright 2006, algorithms 7.4 and 7.5; torch.optim.LBFGS.

    Example:
        >>> w = Parameter(np.array([3.0, -4.0]), dtype=np.float64)
        >>> optimizer = LBFGS([w], line_search_fn="strong_wolfe")
        >>> def closure():
        ...     w.grad = w.data * [1, 100]
        ...     return float(w.data @ w.grad / 2)
        >>> optimizer.step(closure), bool(np.abs(w.data).max() < 1e-6)
        (804.5, True)
    """

    needs_closure = True

    def __init__(self, params: Params, lr: NonNegative = 1, max_iter: Size = 20, max_eval: Size | None = None,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: Size = 100,
                 line_search_fn: str | None = None) -> None:
        super().__init__(params, lr=lr, max_iter=max_iter, max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
                         tolerance_grad=tolerance_grad, tolerance_change=tolerance_change, history_size=history_size,
                         line_search_fn=line_search_fn)
        if len(self.param_groups) > 1:
            raise ValueRangeError(f"LBFGS expected one group of parameters, got {len(self.param_groups)}")
        self._counts = {"func_evals": 0, "n_iter": 0}
        self._pairs: deque[Pair] = deque(maxlen=history_size)
        self._last: dict[str, Any] = {}         # of the last step: direction d, length t, gradient prev_flat_grad

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        for name in ("max_iter", "max_eval", "history_size"):
            check_size(group[name], name, "LBFGS")
        if group["line_search_fn"] is not None:
            check_choice(group["line_search_fn"], ("strong_wolfe",), name="line_search_fn", owner="LBFGS")

    def step(self, closure: Closure | None = None) -> float:
        closure, group = self._required(closure), self.param_groups[0]
        budget = self._counts["func_evals"] + group["max_eval"]
        tolerance_grad, tolerance_change = group["tolerance_grad"], group["tolerance_change"]
        loss, grad = self._evaluate(closure)
        first = loss
        if _largest(grad) <= tolerance_grad:
            return first
        for iteration in range(group["max_iter"]):
            x, d, t = value_vector(parameters_of(self.param_groups)), self._direction(grad), float(group["lr"])
            if not self._counts["n_iter"]:
                t *= min(1.0, 1 / float(np.abs(grad).sum()))        # the scale of the first step is anyone's guess
            self._counts["n_iter"] += 1
            self._last = {"d": d, "t": t, "prev_flat_grad": grad}
            start = Trial(0.0, loss, grad, float(grad @ d))
            if start.slope > -tolerance_change:
                break
            if group["line_search_fn"] is None:
                self._place(x + t * d)
                if iteration == group["max_iter"] - 1:
                    break       # with other data next time, an evaluation now would be for nothing
                loss, grad = self._evaluate(closure)
            else:
                end = strong_wolfe(partial(self._trial, closure, x, d), start, t, narrow=tolerance_change / _largest(d),
                                   limit=budget - self._counts["func_evals"])
                self._place(x + end.t * d)
                loss, grad, t = end.loss, end.grad, end.t
            self._last["t"] = t
            if (self._counts["func_evals"] >= budget or _largest(grad) <= tolerance_grad
                    or _largest(t * d) <= tolerance_change or abs(loss - start.loss) < tolerance_change):
                break
        return first

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Refuse: there is one memory, of all parameters."""
        raise ValueRangeError("LBFGS expected one group of parameters, got another; make a new one of all parameters")

    def state_dict(self) -> dict[str, Any]:
        """Return counts, last step and memory, under the first parameter, and the options; vectors of all parameters.

        The names are those of torch.optim; the pairs are the rows of old_dirs and old_stps.
        """
        entry = {**self._counts, **{name: value if name == "t" else value.copy() for name, value in self._last.items()},
                 "old_dirs": np.array([pair.change for pair in self._pairs]),
                 "old_stps": np.array([pair.step for pair in self._pairs])}
        return {**super().state_dict(), "state": {0: entry} if self._last else {}}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where ``state_dict()`` was taken, here or by torch.optim.LBFGS."""
        entry: Mapping[str, Any] = next(iter(state_dict["state"].values()), {})
        changes, steps = ([np.asarray(each).copy() for each in entry.get(name, ())]
                          for name in ("old_dirs", "old_stps"))
        last = {name: np.asarray(entry[name]).copy() for name in ("d", "prev_flat_grad") if name in entry}
        size = sum(parameter.size for parameter in parameters_of(self.param_groups))
        for vector in (*changes, *steps, *last.values()):
            if vector.shape != (size,):
                raise ShapeError(f"LBFGS expected a memory of vectors of shape {show_shape((size,))}, got "
                                 f"{show_shape(vector.shape)}; make it for the same parameters")
        super().load_state_dict({**state_dict, "state": {}})
        self._pairs = deque(map(Pair, changes, steps), self.param_groups[0]["history_size"])
        self._counts = {name: int(entry.get(name, 0)) for name in self._counts}
        self._last = {**last, "t": float(entry["t"])} if last else {}

    def _direction(self, grad: Array) -> Array:
        """Return ``-H @ grad`` by two passes over the pairs, after the last step has become one of them."""
        if self._last:
            change, step = grad - self._last["prev_flat_grad"], self._last["d"] * self._last["t"]
            if float(change @ step) > 1e-10:            # else H would no longer be positive
                self._pairs.append(Pair(change, step))
        direction, parts = -grad, []
        for pair in reversed(self._pairs):
            parts.append(float(pair.step @ direction) / pair.curvature)
            direction -= parts[-1] * pair.change
        if self._pairs:
            newest = self._pairs[-1].change
            direction *= self._pairs[-1].curvature / float(newest @ newest)
        for pair, part in zip(self._pairs, reversed(parts), strict=True):
            direction += (part - float(pair.change @ direction) / pair.curvature) * pair.step
        return direction

    def _evaluate(self, closure: Closure) -> tuple[float, Array]:
        self._counts["func_evals"] += 1
        return float(closure()), gradient_vector(parameters_of(self.param_groups))

    def _trial(self, closure: Closure, x: Array, d: Array, t: float) -> Trial:
        self._place(x + t * d)
        loss, grad = self._evaluate(closure)
        return Trial(t, loss, grad, float(grad @ d))

    def _place(self, vector: Array) -> None:
        place(parameters_of(self.param_groups), vector)


def _largest(vector: Array) -> float:
    return float(np.abs(vector).max())
