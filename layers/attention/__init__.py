"""Attention: every position looks at others; and the positions themselves, which it can not tell apart otherwise."""

from .class_token import ClassToken
from .dot_product import ScaledDotProductAttention
from .grouped_query import GroupedQueryAttention
from .learned import LearnedPositions
from .multihead import MultiheadAttention
from .rotary import RotaryPositions
from .sinusoidal import SinusoidalPositions

__all__ = [
    "ClassToken",
    "GroupedQueryAttention",
    "LearnedPositions",
    "MultiheadAttention",
    "RotaryPositions",
    "ScaledDotProductAttention",
    "SinusoidalPositions",
]
