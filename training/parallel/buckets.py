"""The gradients of a network in a few contiguous pieces, in the order in which the backward pass finishes them."""

from collections.abc import Iterable
from typing import NamedTuple

from ...layers.core import Array, Parameter, spans

__all__ = ["MOST", "SMALLEST", "Bucket", "buckets_of"]

SMALLEST = 1 << 18      # bytes: below, a call costs more than what it carries
MOST = 8                # so many follow one on the other: the last, which nothing hides, is an eighth of the whole


class Bucket(NamedTuple):
    """A contiguous piece of a store's gradients, and the parameters that fill it."""

    grad: Array
    parameters: tuple[Parameter, ...]


def buckets_of(parameters: Iterable[Parameter]) -> list[Bucket]:
    """Return the gradients of parameters, all of which lie in stores, from the last one to the first.

    Each holds whole parameters, an eighth of all bytes or more, and no less than a quarter of a megabyte.

    Example:
        >>> from chainrule.layers.core import gather
        >>> from chainrule.training.parallel.buckets import buckets_of
        >>> sizes = (100_000, 50_000, 5, 300_000, 7)
        >>> parameters = [Parameter(np.zeros(size)) for size in sizes]
        >>> gather(parameters)
        >>> [[parameter.size for parameter in bucket.parameters] for bucket in buckets_of(parameters)]
        [[300000, 7], [50000, 5], [100000]]
    """
    found: list[Bucket] = []
    pieces = spans(parameters)
    size = max(SMALLEST, sum(span.grad.nbytes for span in pieces) // MOST)
    for span in reversed(pieces):
        stop, held = span.stop, list[Parameter]()
        for parameter in reversed(span.parameters):
            held.insert(0, parameter)
            if parameter is span.parameters[0] or (stop - parameter.start) * parameter.dtype.itemsize >= size:
                found.append(Bucket(span.store.grad[parameter.start:stop], tuple(held)))
                stop, held = parameter.start, []
    return found
