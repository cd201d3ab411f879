"""Types of numbers, as files name them and as NumPy does."""

from typing import Any

import numpy as np

from ....layers.core.optional import onnx
from .reader import Node

__all__ = ["dtype_of"]


def dtype_of(number: int, node: Node) -> np.dtype[Any]:
    """Return NumPy's type for the number of one of ONNX's.

    Raises: OnnxError for a type that NumPy does not have.
    """
    dtype: np.dtype[Any] = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(number))
    if dtype.kind not in "biuf" or dtype.type.__module__ != "numpy":
        raise node.refuse(f"expected numbers or truth values, got {dtype}")
    return dtype
