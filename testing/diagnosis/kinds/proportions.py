"""The right inputs in the wrong proportion: signs, counts and factors of what each output hands to each input."""

from fractions import Fraction

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from .found import Found, PartTest
from .influence import input_of, of_either, there_in
from .scales import counts

__all__ = ["PATTERN_TESTS", "PROPORTION_TESTS", "SIGN_TESTS"]


def signs(case: Case, part: Part) -> Found | None:
    """The right places and sizes, some with the wrong sign."""
    pair = case.jacobian(part.name)
    if pair is None or not case.agree(np.abs(pair[0]), np.abs(pair[1])) or case.agree(*pair):
        return None
    return Found("sign at some places", "sign", f"Some contributions to {input_of(part)} have the wrong sign, and all "
                 f"have the right size.")


def scaled(case: Case, part: Part) -> Found | None:
    """The right places, and a factor that hangs on the output or on the input alone."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    there = there_in(mine)
    if (there != there_in(theirs)).any() or not there.any():
        return None
    for axis, what, way in ((1, "output", "it comes from"), (0, "place", "it goes to")):
        number, some = there.sum(axis=axis), there.any(axis=axis)
        every = (mine * theirs).sum(axis=axis) / np.where(some, (mine * mine).sum(axis=axis), 1)
        if (number[some] > 1).mean() < 0.5 or not case.agree(theirs, mine * np.expand_dims(every, axis)):
            continue
        number, factor = number[some], every[some]
        if is_output(part.name) and np.ptp(factor) > 1e-3 and axis == 0 \
                and not case.agree(part.expected * every.reshape(part.expected.shape), part.received):
            return Found("another function", "formula", f"{part.name} hangs on the right combination of its inputs, "
                         f"and is another function of it.")
        for name, count in counts(case, part) if np.ptp(factor) <= 1e-3 else ():
            if abs(factor.mean() * count - 1) < 1e-4 or abs(factor.mean() / count - 1) < 1e-4:
                return Found("mean for sum", "mean", f"{input_of(part)} counts {factor.mean():.4g} times what it "
                             f"should, and {count} is {name}: a mean and a sum are mixed up.")
            if min(abs(factor.mean()**2 - share) for share in ((count - 1) / count, count / (count - 1))) < 1e-4:
                return Found("wrong count", "mean", f"{part.name} is off by the root of {count - 1}/{count}, or of its "
                             f"inverse, and {count} is {name}: a variance is divided by N - 1 where N belongs, or by N "
                             f"where N - 1 does.")
        counted = _close(factor, 1) | _close(factor * number, 1) | _close(factor, number)
        if counted.all():
            return Found("mean for sum", "mean", f"What {input_of(part)} gets is divided or multiplied by how many "
                         f"there are of each {what}: a mean and a sum are mixed up.")
        if np.ptp(factor) > 0 and all(
                Fraction(float(one)).limit_denominator(12) == Fraction(float(one)).limit_denominator(999)
                for one in factor):
            return Found("wrong count", "mean", f"What {input_of(part)} gets is wrong by ratios of small whole numbers "
                         f"that hang on the {what} {way}: a count in a mean is wrong.")
        return Found("factor of each place", "factor", f"What {input_of(part)} gets is wrong by a factor that hangs on "
                     f"the {what} {way}: a factor is missing or one too many.")
    return None


def same_places(case: Case, part: Part) -> Found | None:
    """The right places in a sparse pattern, and numbers that no factor explains."""
    pair = case.jacobian(part.name)
    bias = part.name.endswith(".grad") and part.expected.ndim == 1
    if pair is None or not (bias or part.name.startswith("grad")):
        return None
    mine, theirs = there_in(pair[0]), there_in(pair[1])
    thick = 0.5 * mine.size if bias else 3 * mine.any(axis=1).sum()
    if (mine != theirs).any() or mine.sum() > thick:
        return None
    ratio = pair[1][mine] / pair[0][mine]
    if (ratio > 1 - 1e-6).all() or ((ratio > 0) & (ratio < 1 + 1e-6)).all():
        more = (ratio > 1 - 1e-6).all()
        return Found("factor of each place", "factor", f"{part.name} is handed to the right places, and everywhere too "
                     f"{'large' if more else 'small'}: a factor between 0 and 1, such as a gate or the slope of one, "
                     f"is {'missing' if more else 'one too many'}.")
    return Found("another function", "formula", f"{part.name} is handed to the right places, but the numbers are "
                 f"those of another function: derive the formula again.")


def _close(value: Array, other: Array | float) -> Array:
    return np.asarray(np.abs(value - other) < 1e-5)


SIGN_TESTS: tuple[PartTest, ...] = (of_either(signs),)
PROPORTION_TESTS: tuple[PartTest, ...] = (of_either(scaled),)
PATTERN_TESTS: tuple[PartTest, ...] = (same_places,)
