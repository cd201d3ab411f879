"""NumPy arrays inside a pickle, put together from plain bytes."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..layers.core import Array
from .opcodes import OpcodeError

__all__ = ["NUMPY", "PickledArray"]


class _PickledDtype:
    """The type of an array's numbers, as NumPy pickles it: ``u1`` first, its byte order as a state."""

    def __init__(self, code: Any, *_: Any) -> None:
        code = code.decode("ascii") if isinstance(code, bytes) else code
        if not isinstance(code, str) or code not in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8", "b1"):
            raise OpcodeError("an array of something else than numbers")
        self.dtype = np.dtype(code)

    def build(self, state: Any) -> None:
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        if order not in ("<", ">", "|", "="):
            raise OpcodeError("an array of an unknown byte order")
        self.dtype = np.dtype(order + self.dtype.str[1:])


class PickledArray:
    """An array as NumPy pickles it: empty first, then ``(version, shape, dtype, fortran, bytes)`` as its state."""

    def __init__(self, *_: Any) -> None:
        self._state: tuple[Any, ...] = ()

    def build(self, state: Any) -> None:
        self._state = state if isinstance(state, tuple) else ()

    def array(self) -> Array:
        """Return the array, after holding its shape against the number of bytes there are."""
        match self._state:
            case (_, tuple(shape), _PickledDtype(dtype=dtype), fortran, bytes(content)):
                if not all(type(size) is int and size >= 0 for size in shape) or len(shape) > 32 \
                        or math.prod(shape) * dtype.itemsize != len(content):
                    raise OpcodeError(f"an array whose shape does not fit its {len(content)} bytes of {dtype}")
                flat = np.frombuffer(content, dtype)
                return flat.reshape(shape, order="F" if fortran else "C").astype(dtype.newbyteorder("="))
        raise OpcodeError("an array that is incomplete")


def _encode(text: Any, encoding: Any) -> bytes:
    """Return bytes that Python 3 wrote in protocol 2, as text."""
    if not isinstance(text, str) or encoding != "latin1":
        raise OpcodeError("bytes in an unknown code")
    return text.encode("latin-1")


def _not_called(*_: Any) -> Any:
    raise OpcodeError("an array made in a way that NumPy does not use")


NUMPY: Mapping[str, Callable[..., Any]] = {
    "numpy.core.multiarray._reconstruct": PickledArray,
    "numpy._core.multiarray._reconstruct": PickledArray,
    "numpy.ndarray": _not_called,
    "numpy.dtype": _PickledDtype,
    "_codecs.encode": _encode,
}
