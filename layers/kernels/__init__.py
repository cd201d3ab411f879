"""The few array kernels that everything hot goes through."""

from .products import add_matmul

__all__ = ["add_matmul"]
