"""ONNX: networks written to files that other tools run, and read back as layers that train; an extra."""

from .errors import OnnxError
from .export import IR_VERSION, OPSET, export_onnx
from .load import load_onnx

__all__ = ["IR_VERSION", "OPSET", "OnnxError", "export_onnx", "load_onnx"]
