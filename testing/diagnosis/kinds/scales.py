"""Wrong by a factor: zero, the sign, a constant, the number of terms, one factor for each channel."""

from collections.abc import Iterator
from itertools import combinations
from math import prod

import numpy as np

from ....layers.core import Array, show_shape
from ..case import Case, Part, is_output
from .found import Found, PartTest

__all__ = ["FACTOR_TESTS", "SCALE_TESTS", "constant_ratio", "counts", "ratio_of"]


def zero(case: Case, part: Part) -> Found | None:
    """Nothing but zeros where there is something."""
    if part.received.any() or not part.expected.any() or part.received.shape != part.expected.shape:
        return None
    if is_output(part.name):
        return Found("zero", "path", f"{part.name} is zero everywhere: nothing was computed, or nothing was written "
                     f"into the array that is returned.")
    return Found("zero", "path", f"{part.name} is zero everywhere: no gradient reaches it. Is the line that computes "
                 f"it missing, or does it write into a copy?")


def constant_ratio(case: Case, part: Part) -> Found | None:
    """All values are wrong by the same factor."""
    ratio = ratio_of(part.expected, part.received, case.tolerance)
    if ratio is None:
        return None
    if abs(ratio + 1) < 1e-6:
        return Found("sign", "sign", f"{part.name} is right but for its sign: a minus is missing or one too many.")
    if part.name.endswith(".grad") and abs(ratio - 2) < 1e-6:
        return Found("added twice", "accumulate", f"{part.name} is exactly twice what it should be: it is added two "
                     f"times, or a factor 2 is too many.")
    width = _width_of_products(case, part)
    if abs(ratio**2 - width) < 1e-6 or abs(ratio**2 * width - 1) < 1e-6:
        return Found("constant ratio", "factor", f"{part.name} is {ratio:.4g} times what it should be, and {ratio:.4g} "
                     f"is the root of the number of features, {width}, or one over it: the scale of the products is "
                     f"missing, or there twice.")
    for name, count in counts(case, part):
        if abs(ratio * count - 1) < 1e-6:
            return Found("constant ratio 1/N", "mean", f"{part.name} is 1/{count} of what it should be, and {count} is "
                         f"{name}: a mean stands where a sum belongs. Layers sum over what shares a value; the one "
                         f"division by the number of terms is in the loss.")
        if abs(ratio / count - 1) < 1e-6:
            return Found("constant ratio N", "mean", f"{part.name} is {count} times what it should be, and {count} is "
                         f"{name}: a sum stands where a mean belongs, or the division is missing.")
    return Found("constant ratio", "factor", f"{part.name} is {ratio:.4g} times what it should be, everywhere: a "
                 f"constant factor is missing, or one too many.")


def nearly_right(case: Case, part: Part) -> Found | None:
    """All values are right to one part in a hundred."""
    mine, theirs = part.expected, part.received
    if mine.shape != theirs.shape or mine.dtype != theirs.dtype or mine.dtype.kind != "f" \
            or not (np.abs(theirs - mine) <= 0.01 * np.abs(mine)).all():
        return None
    off = float((np.abs(theirs - mine) / np.where(mine, np.abs(mine), 1)).max())
    return Found("nearly right", "formula", f"{part.name} is off by {off:.1g} of its value at most: a small term such "
                 f"as eps is left out or stands at another place, a constant is rounded, or digits are lost.")


def _width_of_products(case: Case, part: Part) -> int:
    """Return the number of features of the first of several inputs, whose products may be scaled by its root; or 0."""
    first = case.arrays.get("x[0]")
    return 0 if first is None or not first.ndim or part.name.endswith(".grad") else first.shape[-1]


def ratio_of(expected: Array, received: Array, tolerance: float) -> float | None:
    """Return the one number by which all values differ, or None."""
    if expected.shape != received.shape or expected.dtype.kind != "f" or not received.any():
        return None
    weight = float(np.vdot(expected, expected))
    ratio = float(np.vdot(expected, received)) / weight if weight and np.isfinite(weight) else 0.0
    apart = np.abs(received - ratio * expected).max(initial=0.0)
    return ratio if ratio and np.isfinite(ratio) and apart <= 10 * tolerance * np.abs(received).max() else None


def counts(case: Case, part: Part) -> Iterator[tuple[str, int]]:
    """Yield how many values there are of what a sum or mean may run over, each with its name."""
    batches = {array.shape[0] for name, array in case.arrays.items() if name.split("[")[0] == "x" and array.ndim}
    seen = {1} if 2 in batches else {1, 2}
    for name, array in [*case.arrays.items(), ("y", case.expected.get("once/y", part.expected))]:
        if name.split("[")[0] not in ("x", "y", "grad_out", "target") and "." in part.name:
            continue
        for axes in (axes for number in range(1, array.ndim + 1) for axes in combinations(range(array.ndim), number)):
            count = prod(array.shape[axis] for axis in axes)
            if count not in seen:
                seen.add(count)
                whole = "all of" if len(axes) == array.ndim else f"axis {axes[0]} of" if len(axes) == 1 else \
                    f"axes {', '.join(map(str, axes))} of"
                yield f"the number of values along {whole} {name} {show_shape(array.shape)}", count


def ratio_by_axis(case: Case, part: Part) -> Found | None:
    """The factor is the same along all axes but one."""
    if part.expected.ndim < 2 or part.expected.size < 4:
        return None
    for axis in range(part.expected.ndim):
        ratios = [ratio_of(mine, theirs, case.tolerance) for mine, theirs in
                  zip(np.moveaxis(part.expected, axis, 0), np.moveaxis(part.received, axis, 0), strict=True)
                  if mine.any()]
        if len(ratios) < 2 or min(part.expected.size // part.expected.shape[axis], 2) < 2 or None in ratios:
            continue
        known = [ratio for ratio in ratios if ratio is not None]
        shown = ", ".join(f"{ratio:.4g}" for ratio in known[:4])
        culprit = _array_like(case, np.array(known))
        said = f", which are {culprit}" if culprit else ""
        return Found("ratio by axis", "factor", f"{part.name} is wrong by a factor for each place along axis {axis} "
                     f"({shown}{' …' if len(known) > 4 else ''}{said}): a factor that differs from channel to channel "
                     f"is missing, or one too many.")
    return None


def ratio_is_an_array(case: Case, part: Part) -> Found | None:
    """The factor is one of the arrays that the formula is made of, element by element."""
    if not part.expected.all() or part.expected.dtype.kind != "f":
        return None
    ratio = part.received / part.expected
    if np.ptp(ratio) == 0:
        return None
    for name, array in _candidates(case):
        try:
            shaped = np.broadcast_to(array, ratio.shape)
        except ValueError:
            continue
        for power, words in ((1, f"times {name} too many"), (-1, f"not multiplied by {name}, or divided by it"),
                             (2, f"times {name} squared"), (-2, f"divided by {name} squared")):
            if shaped.all() and case.agree(ratio, shaped.astype(float) ** power):
                return Found("factor of the formula", "formula" if name in "xy" else "factor", f"{part.name} is wrong "
                             f"by a factor that is one of the arrays of the formula: it is {words}.")
            if shaped.all() and case.agree(ratio, -(shaped.astype(float) ** power)):
                return Found("factor of the formula", "factor", f"{part.name} is wrong by a factor, and by its sign: "
                             f"it is {words}.")
    return None


def _candidates(case: Case) -> Iterator[tuple[str, Array]]:
    yield from case.arrays.items()
    if "once/y" in case.expected:
        yield "y", case.expected["once/y"]


def _array_like(case: Case, ratios: Array) -> str:
    for name, array in case.arrays.items():
        if array.shape == ratios.shape:
            if case.agree(ratios, array.astype(float)):
                return f"the values of {name}"
            if array.all() and case.agree(ratios, 1 / array.astype(float)):
                return f"those of 1 / {name}"
    return ""


SCALE_TESTS: tuple[PartTest, ...] = (zero, nearly_right, constant_ratio)
"""What is asked of every wrong array first."""

FACTOR_TESTS: tuple[PartTest, ...] = (ratio_by_axis, ratio_is_an_array)
