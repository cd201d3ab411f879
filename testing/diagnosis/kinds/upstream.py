"""The upstream gradient is ignored, or more is made of it than a product."""

import numpy as np

from ..case import Case, Part, is_output
from .found import Found, PartTest

__all__ = ["LINEARITY_TESTS", "UPSTREAM_TESTS"]

LINEAR = "backward(a · g + b · h) = a · backward(g) + b · backward(h)"


def upstream_ignored(case: Case, part: Part) -> Found | None:
    """The gradient is the same whatever comes from above."""
    if is_output(part.name):
        return None
    _, once = case.pair("once", part.name)
    _, ones = case.pair("ones", part.name)
    _, scaled = case.pair("scaled", part.name)
    if once is None or scaled is None or ones is None or not once.any():
        return None
    if case.agree(once, scaled):
        return Found("ignores upstream", "upstream", f"{part.name} is the same for every upstream gradient: grad_out "
                     f"is not used. The chain rule multiplies the layer's own derivative by grad_out.", LINEAR)
    if case.agree(-once, scaled):
        return Found("ignores upstream", "upstream", f"Of the upstream gradient only the sign is used in {part.name}, "
                     f"not its size.", LINEAR)
    return None


def not_linear(case: Case, part: Part) -> Found | None:
    """Three times the upstream gradient does not give three times the gradient."""
    if is_output(part.name):
        return None
    _, once = case.pair("once", part.name)
    _, scaled = case.pair("scaled", part.name)
    if once is None or scaled is None or once.shape != scaled.shape:
        return None
    if case.agree(-3 * once, scaled):
        return None
    zeros = (once == 0).any() or (part.expected == 0).any()
    if zeros and ((once == 0) != (scaled == 0)).any():
        return Found("mask from the upstream gradient", "mask", f"Which values of {part.name} are stopped depends on "
                     f"the sign of the upstream gradient: the mask belongs to the input of forward.", LINEAR)
    alone, grad_out = case.pair("jacobian", part.name)[1], case.arrays.get("grad_out")
    if alone is not None and grad_out is not None and len(alone) == grad_out.size \
            and case.agree(np.tensordot(grad_out.ravel(), alone, 1), once - scaled / 3):
        return Found("mask from the upstream gradient", "mask", f"What is stopped on the way to {part.name} depends on "
                     f"the sign of the upstream gradient: the mask belongs to the input of forward.", LINEAR)
    moved = scaled + 3 * once
    if np.ptp(moved) > 0 and case.is_right("ones", part.name):
        return Found("right for ones alone", "upstream", f"{part.name} is right if the upstream gradient is all ones, "
                     f"and wrong otherwise: a part of it is taken to be one.", LINEAR)
    return Found("not linear in upstream", "upstream", f"-3 times the upstream gradient does not give -3 times "
                 f"{part.name}: something is added that does not depend on grad_out, or grad_out is used where it "
                 f"does not belong.",
                 LINEAR)


def part_of_upstream_ignored(case: Case, part: Part) -> Found | None:
    """Of several upstream gradients one is not used; or all is right for ones."""
    if is_output(part.name) or not case.is_right("ones", part.name) or "." in part.name \
            or case.expected.get(f"ones/{part.name}") is None or not case.expected[f"ones/{part.name}"].any():
        return None
    return Found("right for ones alone", "upstream", f"{part.name} is right if the upstream gradient is all ones, and "
                 f"wrong otherwise: it is taken to be one, or summed up too early.", LINEAR)


UPSTREAM_TESTS: tuple[PartTest, ...] = (upstream_ignored,)
LINEARITY_TESTS: tuple[PartTest, ...] = (not_linear,)
