"""A trace as a JSON file, and two traces side by side: the first step where they part."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...layers.core import Array, ChainruleError, show_shape, write_atomically
from .trace import Step

__all__ = ["TraceFileError", "first_parting", "read_trace", "record", "write_trace"]

VERSION = 1
WHOLE = 10_000      # values of an array that are kept one by one; of larger ones only numbers that describe them
Record = dict[str, Any]


class TraceFileError(ChainruleError, OSError):
    """A file is no trace."""


def record(steps: Sequence[Step]) -> Record:
    """Return a trace as what JSON can hold."""
    return {"format": "chainrule trace", "version": VERSION, "steps": [
        {"direction": step.direction, "path": step.path, "layer": step.layer, "formula": list(step.formula),
         "numbers": list(step.numbers), "cache": [list(pair) for pair in step.cache],
         "arrays": [_described(name, array) for name, array in step.arrays]} for step in steps]}


def _described(name: str, array: Array) -> Record:
    found: Record = {"name": name, "shape": list(array.shape), "dtype": str(array.dtype)}
    if array.dtype.kind not in "fiub":
        return found
    numbers = array.astype(np.float64)
    if array.dtype.kind == "f" and array.size:
        found |= {"norm": _plain(np.linalg.norm(numbers)), "least": _plain(numbers.min()),
                  "mean": _plain(numbers.mean()), "largest": _plain(numbers.max())}
    if array.size <= WHOLE:
        found["values"] = [_plain(value) for value in numbers.ravel()]
    return found


def _plain(value: Any) -> float | str:
    number = float(value)
    return number if np.isfinite(number) else str(number)      # JSON has no NaN and no infinity


def write_trace(path: str | Path, steps: Sequence[Step]) -> None:
    """Write a trace to a file, whole or not at all."""
    write_atomically(path, (json.dumps(record(steps), allow_nan=False) + "\n").encode())


def read_trace(path: str | Path) -> Record:
    """Return a trace from a file.

    Raises: TraceFileError for a file that is none, or is of a later version.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise TraceFileError(f"{path} expected a trace in JSON, as chainrule trace --format json writes it: {error}") \
            from error
    if not isinstance(found, dict) or found.get("format") != "chainrule trace":
        raise TraceFileError(f"{path} expected a trace in JSON, as chainrule trace --format json writes it, got "
                             f"something else")
    if found.get("version") != VERSION:
        raise TraceFileError(f"{path} expected a trace of version {VERSION}, got {found.get('version')!r}")
    try:
        for step in found["steps"]:
            for name in ("direction", "path", "layer"):
                step[name].upper()
            for array in step["arrays"]:
                _values(array)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise TraceFileError(f"{path} expected a whole trace, got one that is damaged: {error!r}") from error
    return dict(found)


def first_parting(mine: Record, reference: Record, tolerance: float = 1e-5) -> str:
    """Return where a trace parts from another first, or the empty sentence.

    Values are compared up to ``tolerance`` of the largest of each array of the reference.
    """
    steps, others = mine["steps"], reference["steps"]
    for number, (step, other) in enumerate(zip(steps, others, strict=False), 1):
        where = f"step {number} of {len(others)}, {other['direction']} {other['path'] or '-'} {other['layer']}"
        before = f"; the {number - 1} steps before agree" if number > 1 else ""
        if (step["direction"], step["path"]) != (other["direction"], other["path"]):
            return f"{where}: mine is {step['direction']} {step['path'] or '-'} {step['layer']}{before}"
        found = _difference(step["arrays"], other["arrays"], tolerance)
        if found:
            return f"{where}: {found}{before}"
    if len(steps) != len(others):
        return f"mine has {len(steps)} steps, the reference {len(others)}; those that both have agree"
    return ""


def _difference(mine: list[Record], others: list[Record], tolerance: float) -> str:
    by_name = {array["name"]: array for array in mine}
    for other in others:
        name, array = other["name"], by_name.get(other["name"])
        if array is None:
            return f"{name} is missing"
        if array["shape"] != other["shape"]:
            shapes = [show_shape(tuple(each["shape"])) for each in (array, other)]
            return f"{name} has shape {shapes[0]}, the reference {shapes[1]}"
        values, right = _values(array), _values(other)
        if values.shape != right.shape:
            values, right = (np.array([float(each[part]) for part in ("norm", "least", "mean", "largest")])
                             for each in (array, other))
        largest = float(np.abs(right[np.isfinite(right)]).max(initial=0.0))
        with np.errstate(invalid="ignore"):
            wrong = ~((np.abs(values - right) <= tolerance * largest) | (values == right)
                      | (np.isnan(values) & np.isnan(right)))
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            at = "" if "values" not in other else \
                f" at index [{', '.join(map(str, np.unravel_index(first, tuple(other['shape']))))}]"
            return f"{name} differs{at}: {values[first]:.6g}, the reference {right[first]:.6g}"
    return ""


def _values(array: Record) -> Array:
    """Return the values of an array that is kept whole, else the numbers that describe it."""
    parts = array["values"] if "values" in array else [array[name] for name in ("norm", "least", "mean", "largest")
                                                       if name in array]
    return np.array([float(value) for value in parts])
