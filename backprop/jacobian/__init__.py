"""Optimal Jacobian accumulation: how few multiplications turn local slopes into a Jacobian."""

from .graph import LinearizedGraph, linearize
from .orders import forward_order, markowitz_order, multiplications, reverse_order, sum_of_paths, sweeps
from .picture import draw_elimination
from .search import EdgeStep, best_edges, best_order

__all__ = [
    "EdgeStep",
    "LinearizedGraph",
    "best_edges",
    "best_order",
    "draw_elimination",
    "forward_order",
    "linearize",
    "markowitz_order",
    "multiplications",
    "reverse_order",
    "sum_of_paths",
    "sweeps",
]
