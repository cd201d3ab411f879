"""Hessian-free optimisation: Newton's method on Gauss–Newton products alone."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from ...layers.core import Array, Count, NonNegative, OneOf, Positive, Share, Size, Within, check_choice, observe
from ...optim.groups import Group, Params
from .conjugate_gradients import Iterate, conjugate_gradients
from .kronecker import Factors, damped_inverse, factored_layers
from .landscape import Landscape
from .method import LEAST_DAMPING, SecondOrder
from .structural_damping import structural_damping

__all__ = ["HessianFree"]

PRECONDITIONERS = ("diagonal", "kronecker")


class HessianFree(SecondOrder):
    """Steps to a damped minimum of the quadratic that gradient and Gauss–Newton matrix G make, found by products.

    Formula: (G + damping * I) p = -grad, by conjugate gradients from ``decay`` times the last solution
             p = the earliest of the iterates from which on the loss itself only rises
             ratio = (loss(w + p) - loss(w)) / (grad @ p + p @ G @ p / 2)
             damping *= 3/2 where ratio < 1/4, 2/3 where ratio > 3/4
             w += lr * t * p, t = 1, 0.8, 0.64 … until loss(w + t * p) is low enough

    ``samples`` takes G on so many of the batch, drawn anew in every step, ``growth`` times as many in the next, up to
    all. ``draws`` random gradients g make the ``preconditioner``, 0 none: "diagonal", (mean of g² + damping)^¾, or
    "kronecker", the damped factors of K-FAC, for Linear and convolution layers. ``structural`` adds to G ``structural *
    damping`` times the change of the recurrent states, per sample.

    Cost: one gradient, and for each of up to ``max_iter`` iterations one product: a ``jvp`` and a ``backward``.

    Raises: ValueRangeError for a loss that is not convex in the prediction, as far as it is seen.

    Source: Martens 2010; Martens & Sutskever 2011, 2012; Martens & Grosse 2015 ("kronecker").

    Example:
        >>> from chainrule.backprop import HessianFree
        >>> from chainrule.training import Objective
        >>> data, model = spirals(60, 2), Sequential(Linear(2, 8), Tanh(), Linear(8, 2))
        >>> optimizer, objective = HessianFree(model.parameters()), Objective(model, CrossEntropyLoss(), *data[:])
        >>> losses = [optimizer.step(objective) for _ in range(30)]
        >>> losses[-1] < losses[0] / 2
        True
    """

    def __init__(self, params: Params, lr: NonNegative = 1.0, damping: Positive = 1.0, max_iter: Size = 250,
                 tolerance: NonNegative = 5e-4, decay: Share = 0.95, samples: Size | None = None,
                 growth: Annotated[float, Within(1)] = 1.0, draws: Count = 0,
                 preconditioner: Annotated[str, OneOf(*PRECONDITIONERS)] = "diagonal",
                 structural: NonNegative = 0.0) -> None:
        super().__init__(params, lr, damping=damping, max_iter=max_iter, tolerance=tolerance, decay=decay,
                         samples=samples, growth=growth, draws=draws, preconditioner=preconditioner,
                         structural=structural)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_choice(group["preconditioner"], PRECONDITIONERS, name="preconditioner", owner="HessianFree")

    def minimum(self, landscape: Landscape, w: Array, loss: float, grad: Array) -> Array:
        options: dict[str, Any] = self.param_groups[0]
        damping = self.memory.get("damping", options["damping"])
        iterates = self._solve(landscape, w, grad, damping)
        step, value = self._look_back(landscape, w, iterates)
        predicted = step.value - damping / 2 * float(step.x @ step.x)
        ratio = (value - loss) / predicted if predicted < 0 else -np.inf
        damping *= 3 / 2 if ratio < 1 / 4 else 2 / 3 if ratio > 3 / 4 else 1
        self.memory["damping"] = max(damping, LEAST_DAMPING)
        self.memory["last"] = iterates[-1].x
        slope, t = min(float(grad @ step.x), 0.0), 1.0
        while value > loss + 1e-2 * t * slope:
            t *= 0.8
            if t < 1e-6:
                return w
            value = landscape.value(w + t * step.x)
        return w + t * step.x

    def _solve(self, landscape: Landscape, w: Array, grad: Array, damping: float) -> list[Iterate]:
        """Return the iterates on the way to the minimum of the damped quadratic."""
        options = self.param_groups[0]
        seen = landscape
        if options["samples"] is not None:
            samples: Any = self.memory.get("samples", options["samples"])
            seen, self.memory["samples"] = landscape.part(samples), samples * options["growth"]
        precondition = self._preconditioner(seen, w, damping)
        matrix, structural = seen.gauss_newton(w), options["structural"] * damping / len(seen.objective.y)

        def product(v: Array) -> Array:
            with structural_damping(structural):
                bent: Array = matrix @ v + damping * v
                return bent
        return conjugate_gradients(product, -grad, options["decay"] * self.memory.get("last", np.zeros_like(w)),
                                   precondition, options["tolerance"], options["max_iter"])

    def _preconditioner(self, seen: Landscape, w: Array, damping: float) -> Callable[[Array], Array]:
        """Return the product with a matrix that is something like the inverse of the damped one."""
        draws, kind = (self.param_groups[0][name] for name in ("draws", "preconditioner"))
        if not draws:
            return lambda residual: residual
        if kind == "diagonal":
            diagonal = (np.mean([seen.random_gradient(w)**2 for _ in range(draws)], axis=0) + damping)**0.75
            return lambda residual: np.asarray(residual / diagonal)
        layers, factors = factored_layers(seen.objective.model, seen.parameters), Factors(seen.parameters)
        with observe(factors):
            for _ in range(draws):
                seen.random_gradient(w)
        return damped_inverse(factors, draws, layers, seen.parameters, damping)

    def _look_back(self, landscape: Landscape, w: Array, iterates: list[Iterate]) -> tuple[Iterate, float]:
        """Return the iterate before which the loss is higher, and the loss there."""
        best, value = iterates[-1], landscape.value(w + iterates[-1].x)
        for earlier in reversed(iterates[:-1]):
            its_value = landscape.value(w + earlier.x)
            if its_value >= value:
                break
            best, value = earlier, its_value
        return best, value
