"""Whole networks: chains, graphs, branches, and functions that return well-known ones."""

from .blueprint import Blank, Blueprint
from .branches import Parallel, Residual
from .graph import Graph
from .model import Model
from .sequential import Sequential
from .summary import Row, Summary, summary
from .transformer import (
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)

__all__ = [
    "Blank", "Blueprint", "Graph", "Model", "Parallel", "Residual", "Row", "Sequential", "Summary", "Transformer",
    "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer", "summary",
]
