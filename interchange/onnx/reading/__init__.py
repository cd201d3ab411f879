"""From operators to layers: the one table of all operators that can be read."""

from .affine import AFFINE
from .elements import ELEMENTS
from .norms import NORMS
from .reader import Builder, Node, Operand, Reader
from .recurrent import RECURRENT
from .shapes import SHAPES, constant
from .windows import WINDOWS

__all__ = ["OPERATORS", "Node", "Operand", "Reader", "constant"]

OPERATORS: dict[str, Builder] = {**AFFINE, **ELEMENTS, **NORMS, **RECURRENT, **SHAPES, **WINDOWS}
