"""Data sets, the loader that makes batches of them, splitting and scaling, and the digits that ship with us."""

from .checks import check_finite
from .dataset import ArrayDataset
from .digits import digits
from .loader import DataLoader
from .split import train_test_split
from .standardize import Standardize
from .synthetic import blobs, circles, moons, spirals, xor

__all__ = ["ArrayDataset", "DataLoader", "Standardize", "blobs", "check_finite", "circles", "digits", "moons",
           "spirals", "train_test_split", "xor"]
