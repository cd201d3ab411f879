"""State dicts written for other tools: as PyTorch's own files, put together byte by byte, or without code at all."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np

from ...layers.core import Array, Layer, UnknownNameError, save_weights, write_atomically

__all__ = ["export_weights"]

_KINDS = {"f4": "Float", "f8": "Double", "f2": "Half", "i8": "Long", "i4": "Int", "i2": "Short", "i1": "Char",
          "u1": "Byte", "b1": "Bool"}
_ENDINGS = (".pt", ".pth", ".npz", ".safetensors")
_OLDEST = (1980, 1, 1, 0, 0, 0)         # the first day of zip archives


def export_weights(model: Layer, path: Path) -> None:
    """Write parameters and buffers of a network for other tools, in the format that the file's ending says.

    ``.pt`` and ``.pth`` is what ``torch.load(path)`` reads as the state dict of the PyTorch counterpart; ``.npz`` and
    ``.safetensors`` are read nearly everywhere. The file is there whole or not at all.

    Raises: UnknownNameError for another ending.

    Source: the layout that ``torch.save`` has written since 1.6.

    Example:
        >>> import pathlib, tempfile
        >>> from chainrule.interchange.weights import export_weights, read_arrays
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     export_weights(Linear(3, 2), pathlib.Path(folder, "model.npz"))
        ...     sorted(read_arrays(pathlib.Path(folder, "model.npz")))
        ['bias', 'weight']
    """
    ending, arrays = Path(path).suffix, model.state_dict()
    if ending == ".safetensors":
        save_weights(model, path)
    elif ending in (".pt", ".pth"):
        write_atomically(path, _archive(_torch_members(arrays)))
    elif ending == ".npz":
        write_atomically(path, _archive({f"{name}.npy": _npy(array) for name, array in arrays.items()}))
    else:
        raise UnknownNameError.of("ending of a weight file", ending, _ENDINGS)


def _archive(members: dict[str, bytes]) -> bytes:
    """Return a zip archive, the same bytes whenever it is made."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), content)
    return memory.getvalue()


def _npy(array: Array) -> bytes:
    memory = io.BytesIO()
    np.save(memory, array, allow_pickle=False)
    return memory.getvalue()


def _torch_members(arrays: dict[str, Array]) -> dict[str, bytes]:
    """Return the pickle and every array's numbers, by their places in the archive."""
    numbers = {f"archive/data/{number}": array.astype(array.dtype.newbyteorder("<"), order="C").tobytes()
               for number, array in enumerate(arrays.values())}
    return {"archive/data.pkl": _pickled(arrays), "archive/byteorder": b"little", **numbers, "archive/version": b"3\n"}


def _pickled(arrays: dict[str, Array]) -> bytes:
    """Return the pickle of an ordered dict of tensors: opcodes of protocol 2, each value as it is put on the stack."""
    items = b"".join(_text(name) + _tensor(number, array) for number, (name, array) in enumerate(arrays.items()))
    return b"\x80\x02" + _empty_dict() + b"(" + items + b"u."           # mark, items, set them all, stop


def _tensor(number: int, array: Array) -> bytes:
    """Return the call ``_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)``."""
    kind = _name("torch", f"{_KINDS[array.dtype.str[1:]]}Storage")
    storage = b"(" + _text("storage") + kind + _text(str(number)) + _text("cpu") + _whole(array.size) + b"tQ"
    strides = [int(np.prod(array.shape[axis + 1:])) for axis in range(array.ndim)]
    arguments = storage + _whole(0) + _tuple(array.shape) + _tuple(strides) + b"\x89" + _empty_dict()
    return _name("torch._utils", "_rebuild_tensor_v2") + b"(" + arguments + b"tR"


def _empty_dict() -> bytes:
    return _name("collections", "OrderedDict") + b")R"


def _name(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode("ascii")


def _text(text: str) -> bytes:
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _whole(number: int) -> bytes:
    if number < 1 << 31:
        return b"J" + struct.pack("<i", number)
    return b"\x8a\x08" + struct.pack("<q", number)


def _tuple(numbers: tuple[int, ...] | list[int]) -> bytes:
    return b"(" + b"".join(map(_whole, numbers)) + b"t"
