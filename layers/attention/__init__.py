"""Attention: every position looks at others, and the positions it tells apart."""

from .dot_product import ScaledDotProductAttention
from .multihead import MultiheadAttention

__all__ = ["MultiheadAttention", "ScaledDotProductAttention"]
