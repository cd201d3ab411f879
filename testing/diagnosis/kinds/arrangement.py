"""The right values at the wrong places: transposed, flipped, shifted, exchanged, or a product in another order."""

from collections.abc import Iterator
from itertools import combinations, permutations, product

import numpy as np

from ....layers.core import Array, show_shape
from ..case import Case, Part, is_output
from .found import Found, PartTest

__all__ = ["ARRANGEMENT_TESTS", "PRODUCT_TESTS", "axes_exchanged", "flipped", "permuted", "shifted"]


def axes_exchanged(case: Case, part: Part) -> Found | None:
    """The right values with axes exchanged."""
    mine, theirs = part.expected, part.received
    for order in permutations(range(mine.ndim)):
        if order != tuple(range(mine.ndim)) and mine.ndim <= 4 and mine.transpose(order).shape == theirs.shape \
                and case.agree(mine.transpose(order), theirs):
            return Found("transposed", "order", f"{part.name} is right but transposed: its axes come in the order "
                         f"{order}. {part.name} has the shape of what it is the gradient of, and rows stay rows.")
    return None


def reshaped(case: Case, part: Part) -> Found | None:
    """The right values, read into another shape or in another order of axes."""
    mine, theirs = part.expected, part.received
    if mine.size != theirs.size or mine.ndim < 2 or mine.ndim > 4:
        return None
    for order in permutations(range(mine.ndim)):
        other = np.ascontiguousarray(mine.transpose(order)).ravel()
        if order != tuple(range(mine.ndim)) and case.agree(other, theirs.ravel()):
            return Found("transposed", "order", f"{part.name} has the right values, read in the wrong order: a reshape "
                         f"stands where a transpose belongs (axes {order}), or before it.")
    return None


def wrong_shape(case: Case, part: Part) -> Found | None:
    """Another shape altogether."""
    mine, theirs = part.expected, part.received
    if mine.shape == theirs.shape:
        return None
    family = "batch" if theirs.ndim and mine.ndim == theirs.ndim and mine.shape[1:] == theirs.shape[1:] else "order"
    if theirs.ndim != mine.ndim:
        family = "mean"
    return Found("wrong shape", family, f"{part.name} has shape {show_shape(theirs.shape)}, and should have "
                 f"{show_shape(mine.shape)}.")


def flipped(case: Case, part: Part) -> Found | None:
    """Turned round along axes."""
    for axes in _axes(part.expected):
        if part.expected.shape == part.received.shape and case.agree(np.flip(part.expected, axes), part.received):
            return _moved(part, "flipped", f"turned round along {_named(axes)}", axes)
    return None


def shifted(case: Case, part: Part) -> Found | None:
    """Moved along an axis."""
    if part.expected.shape != part.received.shape:
        return None
    for axis, size in enumerate(part.expected.shape):
        for step in (step for step in (1, -1, *range(2, size)) if size > 1):
            inner = [slice(None)] * part.expected.ndim
            inner[axis] = slice(abs(step), size - abs(step)) if size > 2 * abs(step) + 1 else slice(None)
            rolled = np.roll(part.expected, step, axis)
            if case.agree(rolled, part.received) or (size > 3 and abs(step) < 3 and rolled[tuple(inner)].size > 2
                                                     and rolled[tuple(inner)].any()
                                                     and case.agree(rolled[tuple(inner)], part.received[tuple(inner)])):
                return _moved(part, "shifted", f"shifted by {step} along {_named((axis,))}", (axis,))
    return None


def exchanged(case: Case, part: Part) -> Found | None:
    """The values of another array of the same answer."""
    for key, other in case.expected.items():
        way, _, name = key.partition("/")
        if way == "once" and name != part.name and "after" not in name and _same_side(name, part.name) \
                and other.any() and case.agree(other, part.received):
            return Found("exchanged", "order", f"{part.name} holds what {name} should hold: the two are exchanged, or "
                         f"one is returned for both.")
    return None


def _same_side(one: str, other: str) -> bool:
    """Return whether both are outputs, or both gradients."""
    return (is_output(one) and is_output(other)) or ("grad" in one and "grad" in other)


def permuted(case: Case, part: Part) -> Found | None:
    """The right values in another order."""
    mine, theirs = part.expected, part.received
    if mine.size != theirs.size or len(np.unique(np.abs(mine))) < 3:
        return None
    if not case.agree(np.sort(mine, axis=None), np.sort(theirs, axis=None)):
        return None
    if mine.shape == theirs.shape and mine.ndim > 1:
        rows = [set(np.round(half.reshape(len(mine), -1).sum(axis=1) / case.scale[f"once/{part.name}"], 7))
                for half in (mine, theirs)]
        if rows[0] == rows[1] and all(any(case.agree(row, other) for other in mine) for row in theirs):
            return _moved(part, "permuted", "in another order along axis 0", (0,))
    return Found("permuted", "order", f"{part.name} has the right values at other places: indices, windows or parts "
                 f"are counted in another order than in forward.")


def blocks_exchanged(case: Case, part: Part) -> Found | None:
    """Slices along an axis are the slices of another place."""
    mine, theirs = part.expected, part.received
    if mine.shape != theirs.shape or mine.ndim < 2:
        return None
    for axis in range(mine.ndim):
        rows, others = np.moveaxis(mine, axis, 0), np.moveaxis(theirs, axis, 0)
        from_where = [next((place for place, row in enumerate(rows) if row.any() and case.agree(row, other)), None)
                      for other in others]
        found = [place for place in from_where if place is not None]
        if len(found) > len(others) // 2 and any(place not in (None, index) for index, place in enumerate(from_where)):
            return _moved(part, "blocks exchanged", f"made of the right slices at the wrong places along "
                          f"{_named((axis,))}",
                          (axis,))
    return None


def product_in_another_order(case: Case, part: Part) -> Found | None:
    """A matrix product of the right factors, one of them transposed or both exchanged."""
    if part.expected.ndim < 2:
        return None
    pool = [(name, array) for name, array in [*case.arrays.items(), ("y", case.expected.get("once/y"))]
            if array is not None and array.ndim >= 2 and array.dtype.kind == "f"]
    added = [array for array in case.arrays.values() if array.ndim == 1 and array.shape == part.received.shape[-1:]]
    added = [np.zeros(()), *(added if is_output(part.name) else [])]
    for (one, a), (other, b) in product(pool, repeat=2):
        right = {words for words, value in _products(one, a, other, b) if case.agree(part.expected, value)}
        if not right and one > other:
            continue
        for words, value in _products(one, a, other, b):
            if any(case.agree(part.received, value + term) for term in added if value.shape == part.received.shape):
                return Found("product in another order", "order", f"{part.name} is made of {words}. Follow the "
                             f"shapes, and where they are square the names of the axes: the axis that is summed over "
                             f"is the one that both factors share.")
    return None


def sum_of_another_product(case: Case, part: Part) -> Found | None:
    """The gradient of a parameter is a sum over other axes, or of another product, than it should be."""
    grad_out = case.arrays.get("grad_out")
    if not part.name.endswith(".grad") or grad_out is None or grad_out.dtype.kind != "f":
        return None
    factors = {"": np.ones(()), " * x": case.arrays.get("x"), " * y": case.expected.get("once/y")}
    for words, factor in factors.items():
        if factor is None or factor.dtype.kind != "f" or factor.shape not in ((), grad_out.shape):
            continue
        product = grad_out * factor
        for axes in _axes(product):
            if case.agree(part.received, product.sum(axis=axes)):
                right = any(case.agree(part.expected, product.sum(axis=other)) for other in _axes(product))
                return Found("sum over another axis" if right else "factor of the formula",
                             "order" if right else "formula" if words else "factor",
                             f"{part.name} is the sum of grad_out{words} over {_named(axes)}, and should be "
                             f"{'the sum over other axes' if right else 'that of another product'}.")
    return None


def _products(one: str, a: Array, other: str, b: Array) -> Iterator[tuple[str, Array]]:
    for left, right in product((False, True), repeat=2):
        first, second = (a.swapaxes(-1, -2) if left else a), (b.swapaxes(-1, -2) if right else b)
        if first.shape[-1] == second.shape[-2]:
            try:
                value = first @ second
            except ValueError:
                continue
            yield f"{one}{'.T' * left} @ {other}{'.T' * right}", value


def _axes(array: Array) -> Iterator[tuple[int, ...]]:
    for number in range(1, min(array.ndim, 3) + 1):
        yield from combinations(range(array.ndim), number)


def _named(axes: tuple[int, ...]) -> str:
    return f"ax{'i' if len(axes) == 1 else 'e'}s {', '.join(map(str, axes))}"


def _moved(part: Part, kind: str, how: str, axes: tuple[int, ...]) -> Found:
    if axes == (0,) and not part.name.endswith(".grad") and part.expected.ndim > 1:
        return Found("batch entries mixed", "batch", f"{part.name} has the right values, {how}: entries of the batch "
                     f"get each other's numbers.")
    return Found(kind, "order", f"{part.name} has the right values, {how}.")


ARRANGEMENT_TESTS: tuple[PartTest, ...] = (exchanged, axes_exchanged, reshaped, flipped, shifted, wrong_shape, permuted,
                                           blocks_exchanged)
"""The right values elsewhere."""

PRODUCT_TESTS: tuple[PartTest, ...] = (product_in_another_order, sum_of_another_product)
