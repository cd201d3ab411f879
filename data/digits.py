"""The handwritten digits that ship with the package: 1797 images of 8 × 8 pixels.

The test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).
Taken from scikit-learn's copy (load_digits) and stored, otherwise unchanged, as 8-bit integers in ``digits.npz``.
"""

from importlib.resources import files

import numpy as np

from .dataset import ArrayDataset

__all__ = ["digits"]


def digits(flat: bool = False) -> ArrayDataset:
    """Return the handwritten digits of 13 writers, their pixels scaled from 0 … 16 to 0 … 1.

    Shapes:
        x: (1797, 1, 8, 8) float32, or (1797, 64) if ``flat``
        y: (1797,) int64, the digit

    Source: E. Alpaydin and C. Kaynak 1998, doi 10.24432/C50P49, CC BY 4.0.

    Example:
        >>> digits(flat=True)
        ArrayDataset(1797 samples, x (1797, 64) float32, y (1797,) int64)
    """
    with (files("chainrule.data") / "digits.npz").open("rb") as file, np.load(file, allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    x = images.astype(np.float32) / 16
    return ArrayDataset(x.reshape(-1, 64) if flat else x.reshape(-1, 1, 8, 8), labels.astype(np.int64))
