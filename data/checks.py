"""What arrays of samples must be: dense or sparse rows, as many in each, at least one, and every number finite."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..layers.core import DtypeError, NonFiniteError, ShapeError
from ..layers.sparse_rows import is_sparse

__all__ = ["check_finite", "check_samples"]


def check_samples(owner: str, *, sparse: bool = False, **arrays: Any) -> int:
    """Return how many samples the named ``arrays`` hold along their first axis, in the words of ``owner``.

    Raises: DtypeError for what is no NumPy array (nor a sparse one, where ``sparse`` rows will do), ShapeError for
    unequal lengths or no sample at all.
    """
    for name, array in arrays.items():
        if not (isinstance(array, np.ndarray) or (sparse and is_sparse(array))):
            raise DtypeError(f"{owner} expected {name} as a NumPy array, got {type(array).__name__}; "
                             f"convert it with np.asarray({name})")
    shapes = " and ".join(f"{name} of shape {array.shape}" for name, array in arrays.items())
    lengths = {array.shape[:1] for array in arrays.values()}
    if len(lengths) != 1 or () in lengths:
        raise ShapeError(f"{owner} expected arrays with one row for each sample, equally many in each, "
                         f"got {shapes or 'no array'}")
    n_samples: int = next(iter(arrays.values())).shape[0]
    if n_samples == 0:
        raise ShapeError(f"{owner} expected at least one sample, got {shapes}")
    return n_samples


def check_finite(values: Any, *, name: str = "x") -> None:
    """Raise NonFiniteError if there is a NaN or an infinity, saying where the first one is and how many there are."""
    entries = values.tocoo() if is_sparse(values) else None
    numbers = values if entries is None else entries.data
    if all(np.isfinite(block).all() for block in _blocks(numbers)):
        return
    bad = np.argwhere(~np.isfinite(numbers))
    first = bad[0] if entries is None else np.stack(entries.coords, axis=1)[bad[0, 0]]
    raise NonFiniteError(f"{name} has non-finite values, {len(bad)} of {numbers.size}, the first "
                         f"{name}[{', '.join(map(str, first))}] = {numbers[tuple(bad[0])]}; repair or remove them")


def _blocks(numbers: Any) -> Iterator[Any]:
    """Yield an array piece by piece: of one in a file, larger than memory, only a piece is ever held."""
    rows = max(1, 1_000_000 // max(1, numbers[:1].size)) if np.ndim(numbers) else 0
    yield from (numbers[start:start + rows] for start in range(0, len(numbers), rows)) if rows else (numbers,)
