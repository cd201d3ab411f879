"""The package onnx, which reads, writes and checks the files: an extra, imported when it is first needed."""

from importlib import import_module
from typing import Any

from .errors import OnnxError

__all__ = ["onnx"]

_PARTS = ("checker", "helper", "numpy_helper", "shape_inference")


class _Library:
    """Stands for the package, and says so when it is not installed."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)      # names that tools ask every object for
        try:
            return import_module(f"onnx.{name}") if name in _PARTS else getattr(import_module("onnx"), name)
        except ImportError as missing:
            raise OnnxError("chainrule.interchange.onnx needs onnx 1.17 or newer; pip install 'chainrule[onnx]'"
                            ) from missing


onnx: Any = _Library()
