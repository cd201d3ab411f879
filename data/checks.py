"""What arrays of samples must be: NumPy arrays, as many rows in each, at least one, and every number finite."""

import numpy as np

from ..layers.core import Array, DtypeError, NonFiniteError, ShapeError

__all__ = ["check_finite", "check_samples"]


def check_samples(owner: str, **arrays: Array) -> int:
    """Return how many samples the named ``arrays`` hold along their first axis, in the words of ``owner``.

    Raises: DtypeError for what is no NumPy array, ShapeError for unequal lengths or no sample at all.
    """
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise DtypeError(f"{owner} expected {name} as a NumPy array, got {type(array).__name__}; "
                             f"convert it with np.asarray({name})")
    shapes = " and ".join(f"{name} of shape {array.shape}" for name, array in arrays.items())
    lengths = {array.shape[:1] for array in arrays.values()}
    if len(lengths) != 1 or () in lengths:
        raise ShapeError(f"{owner} expected arrays with one row for each sample, equally many in each, "
                         f"got {shapes or 'no array'}")
    n_samples = len(next(iter(arrays.values())))
    if n_samples == 0:
        raise ShapeError(f"{owner} expected at least one sample, got {shapes}")
    return n_samples


def check_finite(values: Array, *, name: str = "x") -> None:
    """Raise NonFiniteError if there is a NaN or an infinity, saying where the first one is and how many there are."""
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        where = ", ".join(map(str, bad[0]))
        raise NonFiniteError(f"{name} has non-finite values, {len(bad)} of {values.size}, the first "
                             f"{name}[{where}] = {values[tuple(bad[0])]}; repair or remove them")
