"""Along which axes values hang on each other: another axis than they should, or one too many."""

import numpy as np

from ..case import Case, Part, is_output
from ..question import jacobian_places
from .found import Found, PartTest
from .influence import there_in

__all__ = ["AXES_TESTS"]


def along_another_axis(case: Case, part: Part) -> Found | None:
    """Values hang on each other along an axis along which they should not."""
    spans = _spans(case, part)
    if spans is None:
        return None
    gained, lost = spans[1] - spans[0], spans[0] - spans[1]
    if not gained:
        return None
    new = ", ".join(map(str, sorted(gained)))
    if 0 in gained and not lost:
        return Found("batch entries mixed", "batch", f"{part.name} of one entry of the batch hangs on others: a sum, a "
                     f"mean or a largest value is taken over the batch, too.", "entries of a batch are computed apart")
    old = f" instead of along {', '.join(map(str, sorted(lost)))}" if lost else ""
    return Found("sum over another axis", "order", f"In {part.name} values hang on each other along axis {new}{old}: a "
                 f"sum, a mean or a largest value is taken over the wrong axis, or over one too many.")


def _spans(case: Case, part: Part) -> tuple[set[int], set[int]] | None:
    """Return the axes along which places hang on other places, as it should be and as it is."""
    pair, shape = case.jacobian(part.name), part.expected.shape
    if pair is None or part.name.endswith(".grad"):
        return None
    side = "x" if is_output(part.name) else "grad_out"
    shapes = [array.shape for name, array in case.arrays.items()
              if name.split("[")[0] == side and array.dtype.kind == "f"]
    places = jacobian_places(shapes)
    if len(places) != len(pair[0]):
        return None
    to = np.indices(shape).reshape(len(shape), -1)
    found: tuple[set[int], set[int]] = (set(), set())
    for leaf, other in enumerate(shapes):
        rows = [row for row, (number, _) in enumerate(places) if number == leaf]
        if len(other) != len(shape) or not rows:
            continue
        at = np.array(np.unravel_index([places[row][1] for row in rows], other))
        for axes, matrix in zip(found, pair, strict=True):
            one, two = np.nonzero(there_in(matrix[rows]))
            axes |= {axis for axis in range(len(shape)) if other[axis] == shape[axis]
                     and (at[axis, one] != to[axis, two]).any()}
    return found


AXES_TESTS: tuple[PartTest, ...] = (along_another_axis,)
