"""PyTorch's files read without PyTorch: a pickle that names tensors, with their numbers beside it in a zip archive.

Before PyTorch 1.6 there was no archive: five pickles stand one behind the other, and after them the numbers.

The pickle is read by the interpreter of ``data/opcodes.py``, which runs nothing: a file that wants more than tensors in
dicts, such as a whole module or a function to be called, is refused before anything is looked up.
"""

import io
import math
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ...data.data_file import DataFileError, damage, read_file
from ...data.opcodes import OpcodeError, read_opcodes, read_opcodes_in_turn
from ...layers.core import Array, UnknownNameError

__all__ = ["read_torch"]

_BEFORE_1_6 = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."     # the first of five pickles: a number
_Order: TypeAlias = Literal["<", ">"]
_KINDS = {"Float": "f4", "Double": "f8", "Half": "f2", "BFloat16": "u2", "Long": "i8", "Int": "i4", "Short": "i2",
          "Char": "i1", "Byte": "u1", "Bool": "?"}


def read_torch(path: Path, inside: str | None = None) -> dict[str, Array]:
    """Return the tensors of a ``.pt`` or ``.pth`` file by name, as ``torch.save(model.state_dict(), path)`` writes it.

    A checkpoint often keeps the state dict under a name, ``inside="model"``. Half precision of either kind comes back
    as float32.

    Raises: DataFileError for a file that is damaged, or wants anything but tensors in dicts; UnknownNameError for an
        ``inside`` that it does not have.

    Source: the two layouts of ``torch.save``, since 1.6 and before.

    Example:
        >>> import pathlib, tempfile
        >>> from chainrule.interchange.weights import export_weights, read_torch
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     export_weights(Linear(3, 2), pathlib.Path(folder, "model.pt"))
        ...     {name: array.shape for name, array in read_torch(pathlib.Path(folder, "model.pt")).items()}
        {'weight': (2, 3), 'bias': (2,)}
    """
    content = read_file(path, "read_torch")
    with damage(path, "read_torch", "a file of torch.save(model.state_dict(), path)", zipfile.BadZipFile, OpcodeError,
                KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, TypeError):
        found = _before_1_6(content) if content.startswith(_BEFORE_1_6) else \
            _unpickled(zipfile.ZipFile(io.BytesIO(content)))
    tensors = _tensors(found)
    if inside is not None or not tensors:
        places = {_text(name): tensors for name, value in _items(found) if (tensors := _tensors(value))}
        if inside is None:
            raise DataFileError(f"read_torch found no tensors at the top of {path}, but in "
                                f"{', '.join(map(repr, places)) or 'nothing below it'}; pass inside= one of these")
        if inside not in places:
            raise UnknownNameError.of(f"dict of tensors in {path}", inside, places)
        tensors = places[inside]
    return tensors


class _Ordered(dict[Any, Any]):
    """Stands for ``collections.OrderedDict``, whose state (versions of modules) says nothing of weights."""

    def build(self, state: Any) -> None:
        """Take the state."""


class _Storage(NamedTuple):
    """The numbers that tensors are views of."""

    numbers: Array


def _unpickled(archive: zipfile.ZipFile) -> Any:
    root = next((name.removesuffix("data.pkl") for name in archive.namelist() if name.endswith("/data.pkl")), None)
    if root is None:
        raise ValueError("it has no data.pkl")
    order: _Order = ">" if f"{root}byteorder" in archive.namelist() and archive.read(f"{root}byteorder") == b"big" \
        else "<"
    storages: dict[Any, _Storage] = {}

    def storage(key: Any) -> _Storage:
        match key:
            case ("storage", str(kind), str(number), _, int(count)):
                if number not in storages:
                    name = f"{root}data/{number}"
                    storages[number] = _Storage(_numbers(_stored(archive, name), name, kind, order, count))
                return storages[number]
        raise OpcodeError("an object outside of the pickle that is no storage of a tensor")

    return read_opcodes(_stored(archive, f"{root}data.pkl"), _TABLE, storage)


def _stored(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member; none may be packed, so that what a file unfolds to is never larger than the file."""
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is packed, which torch.save does not do")
    return archive.read(name)


def _before_1_6(content: bytes) -> Any:
    """Read the pickles twice, as the numbers stand behind them: for the kinds of all storages, then for the tensors."""
    kinds: dict[str, str] = {}

    def kind_of(key: Any) -> None:
        match key:
            case ("storage" | b"storage", str(kind), number, _, int(), None):
                kinds[_text(number)] = kind
            case _:
                raise OpcodeError("an object outside of the pickle that is no whole storage of a tensor")

    table: dict[str, Callable[..., Any]] = {**dict.fromkeys(_TABLE, _parameter), "collections.OrderedDict": _Ordered}
    (_, _, system, _, keys), at = read_opcodes_in_turn(content, 5, table, kind_of)
    little = {_text(name): value for name, value in _items(system)}["little_endian"]
    order: _Order = "<" if little else ">"
    storages = {}
    for key in map(_text, keys):        # how many numbers, in eight bytes, and the numbers
        kind, count = kinds[key], int.from_bytes(content[at:at + 8], "little")
        end = at + 8 + count * np.dtype(_code(kind)).itemsize
        storages[key] = _Storage(_numbers(content[at + 8:end], f"storage {key}", kind, order, count))
        at = end
    return read_opcodes_in_turn(content, 4, _TABLE, lambda key: storages[_text(key[2])])[0][3]


def _code(kind: str) -> str:
    code = _KINDS.get(kind.removeprefix("torch.").removesuffix("Storage"))
    if code is None:
        raise OpcodeError(f"numbers of a kind that NumPy does not have, {kind}")
    return code


def _numbers(content: bytes, name: str, kind: str, order: _Order, count: int) -> Array:
    code = _code(kind)
    numbers = np.frombuffer(content, np.dtype(code).newbyteorder(order))
    if len(numbers) < count:
        raise ValueError(f"{name} holds {len(numbers)} numbers instead of {count}")
    native = numbers.astype(numbers.dtype.newbyteorder("="))
    if kind == "torch.BFloat16Storage":
        return (native.astype(np.uint32) << 16).view(np.float32)        # the upper half of a float32
    return native.astype(np.float32) if code == "f2" else native


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Array:
    """Return the view of a storage, after making sure that it stays inside and is no larger."""
    if not isinstance(storage, _Storage) or not _counts((offset,)) or not _counts(size) or not _counts(stride) \
            or len(size) != len(stride) or len(size) > 32:
        raise OpcodeError("a tensor that is no view of a storage")
    numbers, last = storage.numbers, offset + sum((count - 1) * step for count, step in zip(size, stride, strict=True))
    if 0 in size:
        return np.empty(size, numbers.dtype)
    if last >= len(numbers) or math.prod(size) > len(numbers):
        raise OpcodeError(f"a tensor of shape {size} that is larger than its storage of {len(numbers)} numbers")
    steps = tuple(step * numbers.itemsize for step in stride)
    return np.lib.stride_tricks.as_strided(numbers[offset:], size, steps, writeable=False).copy()


def _counts(numbers: Any) -> bool:
    return isinstance(numbers, tuple) and all(type(number) is int and number >= 0 for number in numbers)


def _parameter(tensor: Any, *_: Any) -> Any:
    return tensor


def _not_called(*_: Any) -> Any:
    raise OpcodeError("a storage made in a way that torch.save does not use")


_TABLE: Mapping[str, Callable[..., Any]] = {
    "collections.OrderedDict": _Ordered,
    "torch._utils._rebuild_tensor": _tensor,            # before 0.4
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    **{f"torch.{kind}Storage": _not_called for kind in _KINDS},
}


def _items(found: Any) -> list[tuple[Any, Any]]:
    return list(found.items()) if isinstance(found, dict) else []


def _tensors(found: Any) -> dict[str, Array]:
    return {_text(name): value for name, value in _items(found) if isinstance(value, np.ndarray)}


def _text(name: Any) -> str:
    """Return a name as a text, which Python 2 wrote as bytes."""
    return name.decode() if isinstance(name, bytes) else str(name)
