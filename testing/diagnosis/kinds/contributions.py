"""What each output alone hands to each input, beside what it should: dropped, moved, shared, scaled contributions."""

from fractions import Fraction

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from ..question import jacobian_places
from .found import Found, PartTest

__all__ = ["CONTRIBUTION_TESTS", "PATTERN_TESTS"]


def dropped(case: Case, part: Part) -> Found | None:
    """Some contributions are missing, the others are right."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    there = _there(mine)
    gone = there & ~_there(theirs)
    if not gone.any() or not _alike(case, mine[~gone], theirs[~gone]):
        return None
    several = gone.any(axis=0) & (there.sum(axis=0) > 1)
    left = (there & ~gone)[:, several].sum(axis=0)
    if several.any() and (left == 1).mean() > 0.8:
        order = np.arange(len(mine))[:, None]
        kept = np.where(there & ~gone, order, -1).max(axis=0)[several][left == 1]
        last = np.where(gone, order, -1).max(axis=0)[several][left == 1]
        first = np.where(gone, order, len(mine)).min(axis=0)[several][left == 1]
        if (kept > last).all():
            return Found("overwritten", "accumulate", f"Where several outputs hand a gradient to the same place of "
                         f"{_input(part)}, only the last one stays: the values are written over each other. Gradients "
                         f"that meet are added: += where = stands (np.add.at, where indices repeat).",
                         "gradients of all uses add up")
        if (kept < first).all():
            return Found("batch entries left out", "batch", f"Of all outputs that depend on the same place of "
                         f"{_input(part)} only the first is counted: sum over all of them.", "gradients of all uses "
                                                                                             "add up")
    rows = np.asarray(gone.any(axis=1))
    if (gone[rows] == there[rows]).all():
        return _outputs_left_out(case, part, rows)
    return Found("path forgotten", "path", f"Some outputs hand nothing to {_input(part)} though they depend on it, "
                 f"the others are right: a path of the gradient is forgotten.", "gradients of all paths add up")


def added(case: Case, part: Part) -> Found | None:
    """Contributions where none belong, the others right; or one contribution shared among several places."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    extra = _there(theirs) & ~_there(mine)
    if not extra.any() or (_there(mine) & ~_there(theirs)).any():
        return None
    if _alike(case, mine[~extra], theirs[~extra]):
        return Found("wrong where the mask should be", "mask", f"{_input(part)} gets a gradient from outputs that do "
                     f"not depend on it, and is right otherwise: a mask is missing or too wide.", "no influence, no "
                                                                                                  "gradient")
    if _alike(case, mine.sum(axis=1), theirs.sum(axis=1)):
        return Found("shared", "mean", "What belongs to one place is shared among several: the sum is right, its "
                     "place is not. The gradient goes where forward took the value from.", "no influence, no gradient")
    return Found("wrong where the mask should be", "mask", f"{_input(part)} gets a gradient from outputs that do not "
                 f"depend on it: a mask is missing or too wide.", "no influence, no gradient")


def moved(case: Case, part: Part) -> Found | None:
    """The right contributions at other places."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    if len(np.unique(np.round(np.abs(mine[_there(mine)]), 9))) < 3:
        return _picked(case, part, mine, theirs)
    for one, other, what in ((mine, theirs, "to the wrong places"), (mine.T, theirs.T, "from the wrong outputs")):
        wrong = [row for row in range(len(one)) if not _alike(case, one[row], other[row])]
        same = [_alike(case, np.sort(one[row]), np.sort(other[row])) and np.ptp(one[row]) > 0 for row in wrong]
        if len(wrong) > 1 and sum(same) > len(wrong) / 2 and one.shape[1] > 2:
            if _crosses_the_batch(case, part, mine, theirs):
                return Found("batch entries mixed", "batch", f"The right numbers go {what}, across the entries of the "
                             f"batch.",
                             "entry n of grad_x depends on entry n of grad_out alone")
            return Found("permuted", "order", f"Each output hands on the right numbers, but {what}: axes, windows or "
                         f"parts are transposed, flipped, shifted or counted in another order than in forward.")
    values = np.unique(np.round(mine[_there(mine)] / np.abs(mine).max(), 7))
    others = np.round(theirs[_there(theirs)] / np.abs(mine).max(), 7)
    if len(values) > 2 and others.size and np.isin(others, values).mean() > 0.9:
        return Found("permuted", "order", f"{part.name} is made of the right factors, met with the wrong places: a "
                     f"kernel or an axis is flipped, transposed or shifted, or windows lie elsewhere than in forward.")
    return None


def _picked(case: Case, part: Part, mine: Array, theirs: Array) -> Found | None:
    """The same for a matrix of ones, which only picks and adds."""
    there, others = _there(mine), _there(theirs)
    if not (there & ~others).any() or not (others & ~there).any() or not 0.5 < others.sum() / there.sum() < 2:
        return None
    if _crosses_the_batch(case, part, mine, theirs):
        return Found("batch entries mixed", "batch", "Entries of the batch get each other's gradients.",
                     "entry n of grad_x depends on entry n of grad_out alone")
    return Found("permuted", "order", f"{part.name} lies at other places than it should: what an output takes in "
                 f"forward and where it hands its gradient in backward are counted differently.")


def met(case: Case, part: Part) -> Found | None:
    """Each output alone is right, all together are not."""
    pair = case.jacobian(part.name)
    if pair is None or not _alike(case, *pair) or is_output(part.name):
        return None
    return Found("overwritten", "accumulate", f"Each output alone hands the right gradient to {_input(part)}, all "
                 f"together do not: where gradients meet they are written over each other, or added a second time.",
                 "gradients of all uses add up")


def offset(case: Case, part: Part) -> Found | None:
    """An output moves with its inputs as it should, or just the other way, and is wrong all the same."""
    pair = case.jacobian(part.name) if is_output(part.name) else None
    if pair is None or not pair[0].any():
        return None
    if _alike(case, *pair):
        return Found("term forgotten", "path", f"{part.name} moves with its inputs as it should, and is off by what "
                     f"does not hang on them: a constant term, such as a bias, is missing or too many.")
    if _alike(case, pair[0], -pair[1]):
        return Found("sign", "sign", f"{part.name} moves with its inputs just the other way: a sign is wrong.")
    return None


def scaled(case: Case, part: Part) -> Found | None:
    """The right places, and a factor that hangs on the output or on the input alone."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    there = _there(mine)
    if (there != _there(theirs)).any() or not there.any() or there.sum() <= max(there.shape):
        return None
    ratio = np.where(there, theirs, 1) / np.where(there, mine, 1)
    if _close(np.abs(ratio), 1).all() and (ratio < 0).any():
        return Found("sign at some places", "sign", f"Some contributions to {_input(part)} have the wrong sign, and "
                     f"all have the right size.")
    for axis, what, way in ((1, "output", "it comes from"), (0, "place", "it goes to")):
        top, low = np.where(there, ratio, -np.inf).max(axis=axis), np.where(there, ratio, np.inf).min(axis=axis)
        some = there.any(axis=axis)
        if not _close(top[some], low[some]).all():
            continue
        number = there.sum(axis=axis)[some]
        factor = top[some]
        counted = _close(factor, 1) | _close(factor * number, 1) | _close(factor, number)
        if counted.all():
            return Found("mean for sum", "mean", f"What {_input(part)} gets is divided or multiplied by how many "
                         f"there are of each {what}: a mean and a sum are mixed up.")
        if np.ptp(factor) > 0 and all(
                Fraction(float(one)).limit_denominator(12) == Fraction(float(one)).limit_denominator(999)
                for one in factor):
            return Found("wrong count", "mean", f"What {_input(part)} gets is wrong by ratios of small whole numbers "
                         f"that hang on the {what} {way}: a count in a mean is wrong.")
        return Found("factor of each place", "factor", f"What {_input(part)} gets is wrong by a factor that hangs on "
                     f"the {what} {way}: a factor is missing or one too many.")
    return None


def thinner(case: Case, part: Part) -> Found | None:
    """Fewer outputs contribute than should, and those that do are wrong too."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = _there(pair[0]), _there(pair[1])
    if (theirs & ~mine).any() or theirs.sum() > 0.9 * mine.sum():
        return None
    return Found("path forgotten", "path", f"Fewer outputs hand a gradient to {_input(part)} than depend on it: a "
                 f"path is forgotten, as when a sum over the others is left out of the derivative.", "gradients of "
                                                                                                     "all paths add up")


def same_places(case: Case, part: Part) -> Found | None:
    """The right places in a sparse pattern, and numbers that no factor explains."""
    pair = case.jacobian(part.name)
    if pair is None or not part.name.startswith("grad"):
        return None
    mine, theirs = _there(pair[0]), _there(pair[1])
    if (mine != theirs).any() or mine.sum() > 3 * mine.any(axis=1).sum():
        return None
    return Found("another function", "formula", f"{part.name} is handed to the right places, but the numbers are "
                 f"those of another function: derive the formula again.")


def _outputs_left_out(case: Case, part: Part, rows: Array) -> Found:
    shapes = [array.shape for name, array in case.arrays.items() if name.split("[")[0] == "grad_out"]
    places = jacobian_places(shapes)
    if len(places) == len(rows):
        leaves = {leaf for (leaf, _), out in zip(places, rows, strict=True) if out}
        alone = {leaf for (leaf, _), out in zip(places, rows, strict=True) if not out}
        if len(shapes) > 1 and not leaves & alone:
            return Found("ignores upstream", "upstream", f"The upstream gradient of output {min(leaves)} is not used "
                         f"for {part.name}: every output of the layer hands its gradient back, and they add up.",
                         "gradients of all outputs add up")
        batch = {np.unravel_index(place, shapes[leaf])[0] for (leaf, place), out in zip(places, rows, strict=True)
                 if out and shapes[leaf]}
        kept = {np.unravel_index(place, shapes[leaf])[0] for (leaf, place), out in zip(places, rows, strict=True)
                if not out and shapes[leaf]}
        if batch and kept and not batch & kept:
            return Found("batch entries left out", "batch", f"Of all outputs only those of some entries of the batch "
                         f"get into {part.name}: sum over the whole batch.", f"{part.name} = sum over the batch")
    return Found("left out", "path", f"Some outputs hand nothing back to {_input(part)}, the others are right: a loop "
                 f"ends too early, or a part is forgotten.", "gradients of all outputs add up")


def _crosses_the_batch(case: Case, part: Part, mine: Array, theirs: Array) -> bool:
    shapes = [array.shape for name, array in case.arrays.items() if name.split("[")[0] == "grad_out"]
    places = jacobian_places(shapes)
    if part.expected.ndim < 2 or len(places) != len(mine) or part.name.endswith(".grad"):
        return False
    inner = part.expected[0].size
    for (leaf, place), row, other in zip(places, mine, theirs, strict=True):
        entry = np.unravel_index(place, shapes[leaf])[0] if shapes[leaf] else 0
        right, came = (set(np.flatnonzero(_there(each)) // inner) for each in (row, other))
        if right == {entry} and came - {entry}:
            return True
    return False


def _there(values: Array) -> Array:
    return np.asarray(np.abs(values) > 1e-8 * np.abs(values).max(initial=0))


def _alike(case: Case, mine: Array, theirs: Array) -> bool:
    return case.agree(mine, theirs)


def _close(value: Array, other: Array | float) -> Array:
    return np.asarray(np.abs(value - other) < 1e-5)


def _input(part: Part) -> str:
    return part.name.removeprefix("grad_").removesuffix(".grad")


def _of_either(test: PartTest) -> PartTest:
    """Let a test look at slopes of outputs too, and say it in other words."""
    def either(case: Case, part: Part) -> Found | None:
        found = test(case, part)
        if found is None or not is_output(part.name):
            return found
        return found._replace(sentence=FORWARD[found.family].format(name=part.name), equation="")
    return either


FORWARD = {
    "accumulate": "{name} lacks what some inputs add to it: where several meet, the last is written over the others.",
    "batch": "{name} of one entry of the batch hangs on the inputs of another: the entries are mixed, or some left "
             "out.",
    "factor": "{name} hangs on the right inputs, and is wrong by a factor that differs from place to place.",
    "mask": "{name} hangs on inputs that should have no influence on it, and is right otherwise: a mask is missing.",
    "mean": "{name} hangs on the right inputs, in the wrong proportion: a mean and a sum are mixed up, or a count is "
            "wrong.",
    "order": "{name} is made of the right factors, met with the wrong inputs: a kernel or an axis is flipped, "
             "transposed or shifted, or parts are taken in another order.",
    "path": "{name} does not hang on some inputs that it should hang on: a term of the formula is missing.",
    "sign": "Some inputs enter {name} with the wrong sign.",
    "upstream": "{name} does not hang on one of the inputs.",
}
"""The same findings of a forward pass."""

CONTRIBUTION_TESTS: tuple[PartTest, ...] = (
    offset, *map(_of_either, (met, dropped, added, moved, scaled, thinner)))
PATTERN_TESTS: tuple[PartTest, ...] = (same_places,)
