"""Data sets, the loader that makes batches of them, splitting and scaling, and the digits that ship with us."""

from .checks import check_finite
from .dataset import ArrayDataset
from .digits import digits
from .keyword import keyword
from .loader import DataLoader
from .sequences import adding, copying, memory
from .split import train_test_split
from .standardize import Standardize
from .synthetic import blobs, circles, moons, ring, spirals, xor
from .text import Characters, Text, alice, text, text_file

__all__ = [
    "ArrayDataset", "Characters", "DataLoader", "Standardize", "Text", "adding", "alice", "blobs", "check_finite",
    "circles", "copying", "digits", "keyword", "memory", "moons", "ring", "spirals", "text", "text_file",
    "train_test_split", "xor",
]
