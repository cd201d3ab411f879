"""SciPy's minimisers as optimisers: quasi-Newton, nonlinear conjugate gradients, Newton-CG, trust regions."""

from typing import Annotated, Any

import numpy as np

from ...layers.core import Array, NonFiniteError, NonNegative, OneOf, Size, check_choice
from ...layers.core.optional import scipy
from ...optim.groups import Group, Params
from .landscape import Landscape
from .method import SecondOrder

__all__ = ["ScipyMinimize"]

METHODS = ("L-BFGS-B", "CG", "BFGS", "Newton-CG", "trust-ncg", "trust-krylov")
_WITH_PRODUCTS = METHODS[3:]


class ScipyMinimize(SecondOrder):
    """A run of scipy.optimize.minimize on each batch: full-batch training, of up to ``max_iter`` iterations a step.

    Formula: w += lr * (minimize(loss of the batch, w) - w)

    ``method`` is one of SciPy's: "L-BFGS-B" (limited memory), "CG" (nonlinear conjugate gradients, Polak–Ribière),
    "BFGS" (one matrix of all parameters), "Newton-CG", "trust-ncg" and "trust-krylov" (Hessian products). Each step
    begins anew: what a method remembers of curvature does not go from one step to the next.

    Cost: one gradient for each evaluation that SciPy asks for; those with Hessians besides one product (``jvp`` and
    ``backward_jvp``) for each of their inner iterations. "BFGS" keeps the square of the number of parameters.

    Raises: UnknownNameError for another method.

    Source: Nocedal & Wright 2006, algorithms 7.5, 5.4, 6.1, 7.1 and 7.2; scipy.optimize.minimize.

    Example:
        >>> from chainrule.backprop import ScipyMinimize
        >>> from chainrule.training import Objective
        >>> data, model = digits(flat=True), Linear(64, 10)
        >>> optimizer = ScipyMinimize(model.parameters(), "L-BFGS-B", max_iter=30)
        >>> objective = Objective(model, CrossEntropyLoss(), *data[:])
        >>> optimizer.step(objective) > 10 * objective()
        True
    """

    def __init__(self, params: Params, method: Annotated[str, OneOf(*METHODS)] = "L-BFGS-B", max_iter: Size = 20,
                 tolerance: NonNegative = 1e-9, lr: NonNegative = 1.0) -> None:
        super().__init__(params, lr, method=method, max_iter=max_iter, tolerance=tolerance)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_choice(group["method"], METHODS, name="method", owner="ScipyMinimize")

    def minimum(self, landscape: Landscape, w: Array, loss: float, grad: Array) -> Array:
        options = self.param_groups[0]
        trials = _Trials(landscape, w)
        found = scipy.optimize.minimize(
            trials, w.astype(np.float64), method=options["method"], jac=True, tol=options["tolerance"],
            hessp=trials.product if options["method"] in _WITH_PRODUCTS else None,
            options={"maxiter": options["max_iter"]})
        return np.asarray(found.x, w.dtype)


class _Trials:
    """What SciPy evaluates, in float64."""

    def __init__(self, landscape: Landscape, w: Array) -> None:
        self.landscape = landscape
        self.w = w
        self.hessian: Any = None

    def __call__(self, w: Array) -> tuple[float, Array]:
        try:
            value, grad = self.landscape.gradient(w)
        except NonFiniteError:      # too far: a line search comes back
            return np.inf, np.zeros_like(w)
        return value, grad.astype(np.float64)

    def product(self, w: Array, v: Array) -> Array:
        """Return the Hessian at ``w`` times ``v``."""
        if self.hessian is None or not np.array_equal(w, self.w):
            self.w, self.hessian = w.copy(), self.landscape.hessian(w)
        return np.asarray(self.hessian @ v, np.float64)
