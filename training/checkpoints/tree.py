"""A state made of dicts, lists, numbers and arrays as JSON text and named arrays, and back, bit for bit."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...layers.core import Array, DtypeError

__all__ = ["join_state", "split_state"]

DTYPES = "?bhilqBHILQefd"       # characters of the dtypes that safetensors holds


def split_state(state: Any) -> tuple[str, dict[str, Array]]:
    """Return a state as JSON, and the arrays in it by the path on which they lie.

    Whatever JSON would change is an object with one key that says what it is: ``{"tuple": […]}``,
    ``{"float": "nan"}``, ``{"array": "model.0.weight"}``.

    Raises: DtypeError for what is no None, truth value, number, text, array, or list, tuple or dict of these.

    Example:
        >>> from chainrule.training.checkpoints.tree import split_state
        >>> text, arrays = split_state({"epoch": 3, "model": {"w": np.ones(2)}})
        >>> text, list(arrays)
        ('{"dict": {"epoch": 3, "model": {"dict": {"w": {"array": "model.w"}}}}}', ['model.w'])
    """
    arrays: dict[str, Array] = {}
    return json.dumps(_split(state, "", arrays), allow_nan=False), arrays


def join_state(text: str, arrays: Mapping[str, Array]) -> Any:
    """Return the state that ``split_state`` made text and arrays of.

    Raises: ValueError for text and arrays that it did not make; KeyError for an array that is missing.

    Example:
        >>> from chainrule.training.checkpoints.tree import join_state
        >>> join_state('{"dict": {"best": {"float": "inf"}, "last": {"tuple": [1, 2]}}}', {})
        {'best': inf, 'last': (1, 2)}
    """
    return _join(json.loads(text), arrays)


def _split(value: Any, path: str, arrays: dict[str, Array]) -> Any:
    if value is None or (isinstance(value, (bool, int, str)) and type(value) in (bool, int, str)):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.char in DTYPES:
        name = path
        while name in arrays:
            name += "'"
        array = np.asarray(value, value.dtype.newbyteorder("="))
        arrays[name] = np.ascontiguousarray(array).reshape(array.shape)     # the former makes (1,) of ()
        return {"array" if isinstance(value, np.ndarray) else "scalar": name}
    if isinstance(value, Mapping) and all(type(key) is str for key in value):
        return {"dict": {key: _split(each, f"{path}.{key}" if path else key, arrays) for key, each in value.items()}}
    if isinstance(value, Mapping) and all(type(key) is int for key in value):
        return {"numbered": [[key, _split(each, f"{path}.{key}", arrays)] for key, each in value.items()]}
    if isinstance(value, (list, tuple)):
        items = [_split(each, f"{path}.{index}", arrays) for index, each in enumerate(value)]
        return items if isinstance(value, list) else {"tuple": items}
    raise DtypeError(f"a checkpoint holds None, numbers, texts, arrays, and lists, tuples and dicts of these; "
                     f"{path or 'the state'} is {type(value).__name__}, {value!r}"[:500])


def _join(value: Any, arrays: Mapping[str, Array]) -> Any:
    if isinstance(value, list):
        return [_join(each, arrays) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ValueError("an object in a checkpoint expected one key, which says what it is")
    [(kind, inner)] = value.items()
    if kind == "dict" and isinstance(inner, dict):
        return {key: _join(each, arrays) for key, each in inner.items()}
    if kind == "numbered" and isinstance(inner, list):
        return {int(key): _join(each, arrays) for key, each in inner}
    if kind == "tuple" and isinstance(inner, list):
        return tuple(_join(each, arrays) for each in inner)
    if kind == "float" and inner in ("nan", "inf", "-inf"):
        return float(inner)
    if kind == "array" and isinstance(inner, str):
        return arrays[inner]
    if kind == "scalar" and isinstance(inner, str) and arrays[inner].shape == ():
        return arrays[inner][()]
    raise ValueError(f"a checkpoint knows no {kind!r} of {type(inner).__name__}")
