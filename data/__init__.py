"""Data sets from files and formulas, the loader that makes batches of them, augmentation, splitting and scaling."""

from .checks import check_finite
from .cifar import cifar10, cifar100
from .columns import Columns
from .csv_file import csv_file
from .data_file import DataFileError
from .dataset import ArrayDataset
from .decorrelate import Decorrelate
from .digits import digits
from .emphasis import EmphasisSampler
from .folds import KFold, StratifiedKFold
from .idx import read_idx
from .image_folder import image_folder
from .impute import Impute
from .keyword import keyword
from .loader import DataLoader
from .mnist import mnist
from .npy import read_npy, read_npz
from .npz_file import npy_files, npz_file
from .prefetch import prefetch
from .preparation import Preparation
from .sampler import Sampler, WeightedRandomSampler, balanced_weights
from .sequences import adding, copying, memory
from .split import train_test_split
from .standardize import Standardize
from .synthetic import blobs, circles, moons, ring, spirals, xor
from .text import Characters, Text, alice, text, text_file
from .transforms import (
    CenterCrop,
    Compose,
    CutMix,
    Cutout,
    MixUp,
    Normalize,
    PixelNoise,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomVerticalFlip,
    Transform,
)

__all__ = [
    "ArrayDataset", "CenterCrop", "Characters", "Columns", "Compose", "CutMix", "Cutout", "DataFileError", "DataLoader",
    "Decorrelate", "EmphasisSampler", "Impute", "KFold", "MixUp", "Normalize", "PixelNoise", "Preparation",
    "RandomCrop", "RandomErasing", "RandomHorizontalFlip", "RandomRotation", "RandomVerticalFlip", "Sampler",
    "Standardize", "StratifiedKFold", "Text", "Transform", "WeightedRandomSampler", "adding", "alice",
    "balanced_weights", "blobs", "check_finite", "cifar10", "cifar100", "circles", "copying", "csv_file", "digits",
    "image_folder", "keyword", "memory", "mnist", "moons", "npy_files", "npz_file", "prefetch", "read_idx", "read_npy",
    "read_npz", "ring", "spirals", "text", "text_file", "train_test_split", "xor",
]
