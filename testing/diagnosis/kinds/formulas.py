"""The derivative of another function: where every value depends on its own input alone, slopes can be told apart."""

from collections.abc import Callable

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from .found import Found, PartTest

__all__ = ["FORMULA_TESTS", "LAST_TESTS"]

SLOPES: dict[str, Callable[[Array, Array], Array]] = {
    "1": lambda x, y: np.ones_like(x),
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "2 * x": lambda x, y: 2 * x,
    "y * (1 - y)": lambda x, y: y * (1 - y),
    "1 - y": lambda x, y: 1 - y,
    "1 - y**2": lambda x, y: 1 - y**2,
    "1 - x**2": lambda x, y: 1 - x**2,
    "x * (1 - x)": lambda x, y: x * (1 - x),
    "1 / x": lambda x, y: 1 / x,
    "exp(x)": lambda x, y: np.exp(x),
    "sin(x)": lambda x, y: np.sin(x),
    "cos(x)": lambda x, y: np.cos(x),
    "tanh(x)": lambda x, y: np.tanh(x),
    "x > 0": lambda x, y: (x > 0).astype(float),
    "sign(x)": lambda x, y: np.sign(x),
}


def not_finite(case: Case, part: Part) -> Found | None:
    """NaN or infinity where there should be numbers."""
    if np.isfinite(part.expected).all() and not np.isfinite(part.received).all():
        return Found("not finite", "formula", f"{part.name} has NaN or infinity in it: a division by zero, a "
                     f"logarithm of zero or an exponential that overflows.")
    return None


def slope_of_another_function(case: Case, part: Part) -> Found | None:
    """The upstream gradient times the slope of a function that is not the layer's."""
    x, y, grad_out = case.arrays.get("x"), case.expected.get("once/y"), case.arrays.get("grad_out")
    if x is None or y is None or grad_out is None or part.name != "grad_x" or x.dtype.kind != "f" \
            or not x.shape == y.shape == grad_out.shape == part.received.shape:
        return None
    with np.errstate(all="ignore"):
        for words, slope in SLOPES.items():
            if case.agree(part.received, grad_out * slope(x, y)):
                return Found("slope of another function", "formula", f"grad_x is grad_out * ({words}): that is the "
                             f"slope of another function.", "grad_x = grad_out * f'(x)")
    return None


def elementwise_formula(case: Case, part: Part) -> Found | None:
    """Every value hangs on its own input alone, and no factor explains what is wrong."""
    if is_output(part.name):
        return Found("another function", "formula", f"{part.name} is another function of what went in: compare the "
                     f"formula term by term at the index above.")
    x, grad_out = case.arrays.get("x"), case.arrays.get("grad_out")
    y = case.expected.get("once/y")
    if part.name == "grad_x" and x is not None and y is not None and grad_out is not None and x.shape == y.shape \
            == grad_out.shape and _alone(case, part):
        return Found("slope of another function", "formula", "grad_x is grad_out times a slope, but not that of this "
                     "function: derive f'(x) again, and check at the index above.", "grad_x = grad_out * f'(x)")
    return None


def _alone(case: Case, part: Part) -> bool:
    """Whether the gradient for ones and for three times the upstream have the same slope at every element."""
    mine, ones = case.pair("once", part.name)[0], case.pair("ones", part.name)[0]
    grad_out = case.arrays["grad_out"]
    return mine is not None and ones is not None and ones.shape == grad_out.shape and case.agree(mine, grad_out * ones)


FORMULA_TESTS: tuple[PartTest, ...] = (not_finite, slope_of_another_function)
LAST_TESTS: tuple[PartTest, ...] = (elementwise_formula,)
