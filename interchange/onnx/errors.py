"""What is wrong with a file or a network that is to cross the border to ONNX."""

from ...layers.core import ChainruleError

__all__ = ["OnnxError"]


class OnnxError(ChainruleError, ValueError):
    """A file has an operator that no layer is, or a network a layer that no operator is."""
