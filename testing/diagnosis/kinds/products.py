"""Products whose one factor is not known, but can be solved for: the other one transposed, or another array."""

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from ..question import jacobian_places
from .found import Found, PartTest

__all__ = ["SOLVED_TESTS"]


def weight_untransposed(case: Case, part: Part) -> Found | None:
    """A gradient went through a square weight the way that forward went, not back."""
    if is_output(part.name) or part.name.endswith(".grad") or not part.expected.ndim:
        return None
    for name, weight in case.arrays.items():
        size = part.expected.shape[-1]
        if weight.shape != (size, size) or name.split("[")[0] in ("x", "grad_out", "target") \
                or np.linalg.cond(weight) > 1e6:
            continue
        for back, words in ((weight, f"{name}.T"), (weight.T, name)):
            before = part.expected @ np.linalg.inv(back)
            if case.agree(part.received, before @ back.T):
                return Found("product in another order", "order", f"{part.name} is a product with {words} where the "
                             f"other of {name} and {name}.T belongs: {name} is square, so both fit.")
    return None


def weight_gradient_of_another_array(case: Case, part: Part) -> Found | None:
    """The gradient of a weight is right but for the array that it is a product with."""
    pair = case.jacobian(part.name)
    shapes = [array.shape for name, array in case.arrays.items() if name.split("[")[0] == "grad_out"]
    if pair is None or part.expected.ndim != 2 or not part.name.endswith(".grad"):
        return None
    places = jacobian_places(shapes)
    inputs = {name: array for name, array in case.arrays.items()
              if name.split("[")[0] == "x" and array.ndim == 2 and array.shape[1] == part.expected.shape[1]}
    if len(places) != len(pair[0]) or not all(len(shape) == 2 for shape in shapes):
        return None
    for name, x in inputs.items():
        other = _other_factor(case, x, [int(np.unravel_index(place, shapes[leaf])[0]) for leaf, place in places],
                              *(side.reshape(-1, *part.expected.shape) for side in pair))
        said = next((known for known, array in [*case.arrays.items(), *_outputs(case)]
                     if other is not None and case.agree(array, other)), None)
        if said is not None:
            return Found("another function", "formula", f"{part.name} is the product of the right gradient with {said} "
                         f"where {name} belongs.", f"{part.name} = (gradient of what {name} was multiplied to).T @ "
                                                   f"{name}")
    return None


def _other_factor(case: Case, x: Array, entries: list[int], mine: Array, theirs: Array) -> Array | None:
    """Return z where every row of ``theirs`` is ``outer(a, z[n])`` and that of ``mine`` is ``outer(a, x[n])``."""
    if len(x) <= max(entries):
        return None
    a = np.einsum("rij,rj->ri", mine, x[entries]) / (x[entries]**2).sum(axis=1, keepdims=True)
    size = (a * a).sum(axis=1)
    if not size.all() or not case.agree(mine, a[:, :, None] * x[entries][:, None]):
        return None
    z = np.einsum("rij,ri->rj", theirs, a) / size[:, None]
    found = np.zeros_like(x)
    found[entries] = z
    return found if case.agree(theirs, a[:, :, None] * found[entries][:, None]) else None


def _outputs(case: Case) -> list[tuple[str, Array]]:
    return [(key.removeprefix("once/"), value) for key, value in case.expected.items()
            if key.startswith("once/y") and " " not in key]


SOLVED_TESTS: tuple[PartTest, ...] = (weight_untransposed, weight_gradient_of_another_array)
