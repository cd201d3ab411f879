"""What each output alone hands to each input, beside what it should: dropped, moved, shared contributions."""

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from ..question import jacobian_places
from .found import Found, PartTest
from .influence import input_of, of_either, there_in

__all__ = ["CONTRIBUTION_TESTS", "MEETING_TESTS", "THIN_TESTS"]


def dropped(case: Case, part: Part) -> Found | None:
    """Some contributions are missing, the others are right."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    there = there_in(mine)
    gone = there & ~there_in(theirs)
    if not gone.any() or not case.agree(mine[~gone], theirs[~gone]):
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
                         f"{input_of(part)}, only the last one stays: the values are written over each other. "
                         f"Gradients that meet are added: += where = stands (np.add.at, where indices repeat).",
                         "gradients of all uses add up")
        if (kept < first).all():
            return Found("batch entries left out", "batch", f"Of all outputs that depend on the same place of "
                         f"{input_of(part)} only the first is counted: sum over all of them.", "gradients of all uses "
                                                                                             "add up")
    rows = np.asarray(gone.any(axis=1))
    if (gone[rows] == there[rows]).all():
        return _outputs_left_out(case, part, rows)
    return Found("path forgotten", "path", f"Some outputs hand nothing to {input_of(part)} though they depend on it, "
                 f"the others are right: a path of the gradient is forgotten.", "gradients of all paths add up")


def added(case: Case, part: Part) -> Found | None:
    """Contributions where none belong, the others right; or one contribution shared among several places."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    extra = there_in(theirs) & ~there_in(mine)
    if not extra.any() or (there_in(mine) & ~there_in(theirs)).any():
        return None
    if case.agree(mine[~extra], theirs[~extra]):
        return Found("wrong where the mask should be", "mask", f"{input_of(part)} gets a gradient from outputs that do "
                     f"not depend on it, and is right otherwise: a mask is missing or too wide.", "no influence, no "
                                                                                                  "gradient")
    if case.agree(mine.sum(axis=1), theirs.sum(axis=1)):
        return Found("shared", "mean", "What belongs to one place is shared among several: the sum is right, its "
                     "place is not. The gradient goes where forward took the value from.", "no influence, no gradient")
    return Found("wrong where the mask should be", "mask", f"{input_of(part)} gets a gradient from outputs that do not "
                 f"depend on it: a mask is missing or too wide.", "no influence, no gradient")


def moved(case: Case, part: Part) -> Found | None:
    """The right contributions at other places."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = pair
    if len(np.unique(np.round(np.abs(mine[there_in(mine)]), 9))) < 3:
        return _picked(case, part, mine, theirs)
    for one, other, what in ((mine, theirs, "to the wrong places"), (mine.T, theirs.T, "from the wrong outputs")):
        wrong = [row for row in range(len(one)) if not case.agree(one[row], other[row])]
        same = [case.agree(np.sort(one[row]), np.sort(other[row])) and np.ptp(one[row]) > 0 for row in wrong]
        if len(wrong) > 1 and sum(same) > len(wrong) / 2 and one.shape[1] > 2:
            if _crosses_the_batch(case, part, mine, theirs):
                return Found("batch entries mixed", "batch", f"The right numbers go {what}, across the entries of the "
                             f"batch.",
                             "entry n of grad_x depends on entry n of grad_out alone")
            return Found("permuted", "order", f"Each output hands on the right numbers, but {what}: axes, windows or "
                         f"parts are transposed, flipped, shifted or counted in another order than in forward.")
    values = np.unique(np.round(mine[there_in(mine)] / np.abs(mine).max(), 7))
    others = np.round(theirs[there_in(theirs)] / np.abs(mine).max(), 7)
    if len(values) > 2 and others.size and np.isin(others, values).mean() > 0.9:
        return Found("permuted", "order", f"{part.name} is made of the right factors, met with the wrong places: a "
                     f"kernel or an axis is flipped, transposed or shifted, or windows lie elsewhere than in forward.")
    return None


def turned(case: Case, part: Part) -> Found | None:
    """Where there should be a contribution is none, and the other way round, for a part of the inputs."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = map(there_in, pair)
    apart = (mine != theirs).any(axis=1) & mine.any(axis=1) & theirs.any(axis=1)
    if apart.sum() < 2 or (mine & theirs)[apart].any():
        return None
    return Found("mask turned round", "mask", f"What should have a part in {input_of(part)} has none, and what should "
                 f"have none has one: a mask is turned round.", "no influence, no gradient")


def _picked(case: Case, part: Part, mine: Array, theirs: Array) -> Found | None:
    """The same for a matrix of ones, which only picks and adds."""
    there, others = there_in(mine), there_in(theirs)
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
    if pair is None or not case.agree(*pair) or is_output(part.name):
        return None
    return Found("overwritten", "accumulate", f"Each output alone hands the right gradient to {input_of(part)}, all "
                 f"together do not: where gradients meet they are written over each other, or added a second time.",
                 "gradients of all uses add up")


def thinner(case: Case, part: Part) -> Found | None:
    """Fewer outputs contribute than should, and those that do are wrong too."""
    pair = case.jacobian(part.name)
    if pair is None:
        return None
    mine, theirs = there_in(pair[0]), there_in(pair[1])
    if (theirs & ~mine).any() or theirs.sum() > 0.9 * mine.sum():
        return None
    return Found("path forgotten", "path", f"Fewer outputs hand a gradient to {input_of(part)} than depend on it: a "
                 f"path is forgotten, as when a sum over the others is left out of the derivative.", "gradients of "
                                                                                                     "all paths add up")


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
    return Found("left out", "path", f"Some outputs hand nothing back to {input_of(part)}, the others are right: a "
                 f"loop ends too early, or a part is forgotten.", "gradients of all outputs add up")


def _crosses_the_batch(case: Case, part: Part, mine: Array, theirs: Array) -> bool:
    shapes = [array.shape for name, array in case.arrays.items() if name.split("[")[0] == "grad_out"]
    places = jacobian_places(shapes)
    if part.expected.ndim < 2 or len(places) != len(mine) or part.name.endswith(".grad"):
        return False
    inner = part.expected[0].size
    for (leaf, place), row, other in zip(places, mine, theirs, strict=True):
        entry = np.unravel_index(place, shapes[leaf])[0] if shapes[leaf] else 0
        right, came = (set(np.flatnonzero(there_in(each)) // inner) for each in (row, other))
        if right == {entry} and came - {entry}:
            return True
    return False


MEETING_TESTS: tuple[PartTest, ...] = (of_either(met),)
CONTRIBUTION_TESTS: tuple[PartTest, ...] = tuple(map(of_either, (dropped, added, moved, turned)))
THIN_TESTS: tuple[PartTest, ...] = (of_either(thinner),)
