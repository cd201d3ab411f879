"""Attention: every position looks at others, and the positions it tells apart."""

from .dot_product import ScaledDotProductAttention

__all__ = ["ScaledDotProductAttention"]
