"""Augmentation: changes of samples that leave what they show as it is, drawn anew each time a sample is shown."""

from .compose import Compose
from .crop import CenterCrop, RandomCrop
from .erasing import Cutout, RandomErasing
from .flip import RandomHorizontalFlip, RandomVerticalFlip
from .mixing import CutMix, MixUp
from .noise import PixelNoise
from .normalize import Normalize
from .rotation import RandomRotation
from .transform import Transform

__all__ = [
    "CenterCrop", "Compose", "CutMix", "Cutout", "MixUp", "Normalize", "PixelNoise", "RandomCrop", "RandomErasing",
    "RandomHorizontalFlip", "RandomRotation", "RandomVerticalFlip", "Transform",
]
