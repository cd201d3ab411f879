"""Weights of any known file taken into a network, all of them or none."""

from pathlib import Path

from ...data.data_file import DataFileError, find_file
from ...data.npy import read_npz
from ...layers.core import Array, Layer, Shape, ShapeError, UnknownNameError, read_weights
from .keras_layouts import from_keras
from .keras_reading import read_keras
from .match import Match, Names, match
from .torch_reading import read_torch

__all__ = ["import_weights", "read_arrays"]

_ENDINGS = (".safetensors", ".pt", ".pth", ".bin", ".npz", ".keras", ".weights.h5")


def read_arrays(path: Path, inside: str | None = None) -> dict[str, Array]:
    """Return the arrays of a ``.safetensors``, ``.pt``, ``.pth``, ``.bin`` (PyTorch) or ``.npz`` file by name.

    None of these is run: pickles are read by an interpreter that knows tensors and dicts only. ``inside`` names the
    dict of a PyTorch checkpoint that is meant.

    Raises: DataFileError or WeightFileError for the file, UnknownNameError for another ending.

    Example:
        >>> import pathlib, tempfile
        >>> from chainrule.interchange.weights import read_arrays
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.savez(pathlib.Path(folder, "w.npz"), weight=np.ones((2, 3)))
        ...     read_arrays(pathlib.Path(folder, "w.npz"))["weight"].shape
        (2, 3)
    """
    ending = Path(path).suffix
    if ending in (".pt", ".pth", ".bin"):
        return read_torch(path, inside)
    if inside is not None:
        raise DataFileError(f"read_arrays takes inside= for PyTorch's files only, got {path}; leave it out")
    if ending == ".npz":
        return read_npz(path)
    if ending == ".safetensors":
        return read_weights(path)
    raise UnknownNameError.of("ending of a weight file", "".join(Path(path).suffixes[-2:]), _ENDINGS)


def import_weights(model: Layer, path: Path, *, names: Names = None, inside: str | None = None,
                   input_shape: Shape | None = None, strict: bool = True, dry_run: bool = False) -> Match:
    """Take the weights of a file into a network, and return what fitted and what was left over.

    PyTorch's, NumPy's and safetensors' files are matched by name, of Keras's (``.keras``, ``.weights.h5``; extra
    ``keras``) the first ``Dense`` with the first ``Linear`` and so on, each array turned to our layout. ``dry_run``
    looks without changing anything.

    ``names``: what beginnings of names are called here, ``{"features": "0"}``, or ``"in order"``; ``inside``: the dict
    of a PyTorch checkpoint; ``input_shape``: with the batch's axis, wanted where a Keras network flattens pictures,
    whose channels come last there; ``strict=False`` takes what fits.

    Raises: ShapeError that lists all that does not fit; DataFileError, WeightFileError, UnknownNameError for the file.
        Nothing is changed then.

    Example:
        >>> import pathlib, tempfile
        >>> from chainrule.interchange.weights import export_weights, import_weights
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     export_weights(Linear(3, 2), pathlib.Path(folder, "one.pt"))
        ...     print(import_weights(Sequential(Linear(3, 2)), pathlib.Path(folder, "one.pt"), names={"": "0"}))
        fits        0.weight (2, 3) <- weight
        fits        0.bias (2,) <- bias
    """
    find_file(Path(path).parent, [Path(path).name], "import_weights", "where it was saved")
    if str(path).endswith((".keras", ".weights.h5")):
        if names is not None or inside is not None:
            raise DataFileError("import_weights matches Keras's files by the kinds of layers; leave names= and inside= "
                                "out")
        found = match(model, from_keras(model, read_keras(path), input_shape))
    else:
        found = match(model, read_arrays(path, inside), names)
    if strict and not found.whole and not dry_run:
        raise ShapeError(f"import_weights can not take {path} into {type(model).__name__}: {found.faults()}. "
                         f"Look with dry_run=True; rename with names=, or take what fits with strict=False")
    if not dry_run:
        model.load_state_dict(found.fits, strict=False)
    return found
