"""Operators of ONNX that no layer of ours is, as layers: each with its way back."""

from .curve import CURVES, Curve
from .gates import Cast, Extreme, Product, Raise, Where
from .operator import Exact, Fixed, Operator, Weight
from .rearranged import MOVES, Rearranged
from .reduction import REDUCTIONS, Reduction

__all__ = ["CURVES", "MOVES", "REDUCTIONS", "Cast", "Curve", "Exact", "Extreme", "Fixed", "Operator", "Product",
           "Raise", "Rearranged", "Reduction", "Weight", "Where"]
