"""A term of the sum is missing, has the wrong sign or the wrong factor: what is wrong with the difference itself."""

from collections.abc import Iterator

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from .found import Found, PartTest
from .scales import counts, ratio_of

__all__ = ["TERM_TESTS", "gradient_of_others_right", "term_constant_along_axes"]


def term_of_the_formula(case: Case, part: Part) -> Found | None:
    """The difference is one of the arrays of the formula, broadcast, or its sum: a whole term."""
    if part.expected.shape != part.received.shape or part.expected.dtype.kind != "f":
        return None
    apart = part.received - part.expected
    for name, term in _terms(case, part):
        try:
            shaped = np.broadcast_to(term, apart.shape).astype(float)
        except ValueError:
            continue
        if is_output(part.name) and shaped.any() and case.agree(part.received + part.expected, 2 * shaped):
            return Found("sign of a term", "sign", f"{part.name} is right but for the sign of what is added to {name}.")
        ratio = ratio_of(shaped, apart, case.tolerance)
        if ratio is None:
            continue
        if abs(ratio + 1) < 1e-6:
            return Found("term forgotten", "path", f"{part.name} is right but for the term {name}, which is missing.")
        if abs(ratio + 2) < 1e-6:
            return Found("sign of a term", "sign", f"{part.name} is right but for the sign of the term {name}: it is "
                         f"subtracted where it must be added, or the other way round.")
        if abs(ratio - 1) < 1e-6:
            return Found("term too many", "formula", f"{part.name} has the term {name} added, which does not belong "
                         f"there or is added twice.")
        for what, count in counts(case, part):
            if abs(abs(ratio + 1) * count - 1) < 1e-6 or abs(abs(ratio + 1) / count - 1) < 1e-6:
                return Found("mean for sum", "mean", f"In {part.name} the term {name} is wrong by the factor {count}, "
                             f"which is {what}: a mean and a sum are mixed up.")
        return Found("factor of a term", "factor", f"In {part.name} the term {name} comes {ratio + 1:.4g} times where "
                     f"it belongs once.")
    return None


def term_constant_along_axes(case: Case, part: Part) -> Found | None:
    """The difference is the same along axes: a mean or a sum over them is missing or wrong."""
    if part.expected.shape != part.received.shape or part.expected.ndim < 2 or part.expected.dtype.kind != "f" \
            or is_output(part.name):
        return None
    apart, least = part.received - part.expected, 10 * case.tolerance * np.abs(part.expected).max()
    for axis in range(apart.ndim):
        if apart.shape[axis] > 1 and np.ptp(apart, axis=axis).max() <= least:
            return Found("path forgotten", "path", f"{part.name} is off by something that is the same all along axis "
                         f"{axis}: the path of the gradient through a mean or sum over that axis is missing.")
    return None


def gradient_of_others_right(case: Case, part: Part) -> Found | None:
    """One gradient of several is wrong and no factor explains it: a path into it is missing."""
    if is_output(part.name):
        return None
    if part.name.startswith("move of"):
        return Found("another function", "formula", f"The {part.name} is that of another rule: compare the formula "
                     f"line by line, with the state still zero in the first step.")
    shape = part.expected.shape
    if shape == part.received.shape and part.expected.any():
        cosine = float(np.vdot(part.expected, part.received)) / (
            float(np.linalg.norm(part.expected) * np.linalg.norm(part.received)) or 1.0)
        if cosine < -0.8 and part.expected.size > 5:
            return Found("sign", "sign", f"{part.name} points away from where it should (cosine {cosine:.2f}): the "
                         f"sign of its largest term is wrong.")
    return Found("path forgotten", "path", f"{part.name} is neither right nor wrong by a factor: a path of the "
                 f"gradient is missing or wrong. Write down every way in which the input reaches the output; each is "
                 f"a term.",
                 "gradients of all paths add up")


def _terms(case: Case, part: Part) -> Iterator[tuple[str, Array]]:
    for name, array in case.arrays.items():
        yield name, array
        if array.ndim == 1 and part.expected.ndim > 2:
            yield name, array.reshape(-1, *(1,) * (part.expected.ndim - 2))
    if is_output(part.name):
        yield "1", np.ones(())
        x, target = case.arrays.get("x"), case.arrays.get("target")
        if x is not None and target is not None and x.shape == target.shape:
            yield "x * target", x * target


TERM_TESTS: tuple[PartTest, ...] = (term_of_the_formula,)
