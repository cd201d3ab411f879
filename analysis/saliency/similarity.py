"""How alike two explanations are: by rank, by structure, by the directions of their edges."""

from typing import NamedTuple

import numpy as np
import scipy

from ...layers.core import Array, ShapeError, show_shape

__all__ = ["Similarity", "hog", "rank_correlation", "similarity", "structural_similarity"]

WINDOW = 7          # pixels; Wang et al. 2004 with the flat window that most programs have
C1, C2 = 0.01 ** 2, 0.03 ** 2
BINS = 8


class Similarity(NamedTuple):
    """Means over samples of how alike two sets of masks are, 1 for the same; ``abs`` where signs do not count."""

    spearman_abs: float
    spearman: float
    ssim_abs: float
    ssim: float
    hog: float


def similarity(a: Array, b: Array) -> Similarity:
    """Return how alike two sets of masks (N, ...) are, sample by sample, in the mean.

    Before SSIM each mask is divided by its largest value; channels are added up. A mask that is zero everywhere is
    like none.

    Raises: ShapeError for sets of different shapes.

    Source: Adebayo et al. 2018, section 3.2.

    Example:
        >>> from chainrule.analysis.saliency import similarity
        >>> mask = np.random.default_rng(0).normal(size=(2, 1, 8, 8))
        >>> [round(value, 6) for value in similarity(mask, -mask)[:2]]
        [1.0, -1.0]
    """
    if a.shape != b.shape:
        raise ShapeError(f"similarity expected two sets of masks of one shape, got {show_shape(a.shape)} and "
                         f"{show_shape(b.shape)}")
    rows = [_alike(_image(first), _image(second)) for first, second in zip(a, b, strict=True)]
    return Similarity(*map(float, np.mean(rows, axis=0)))


def rank_correlation(a: Array, b: Array) -> float:
    """Return Spearman's correlation of ranks, ties sharing theirs."""
    return _correlation(scipy.stats.rankdata(a.ravel()), scipy.stats.rankdata(b.ravel()))


def structural_similarity(a: Array, b: Array, size: float = 1.0) -> float:
    """Return the mean SSIM of two images (H, W); ``size`` is the range of their values.

    Source: Wang, Bovik, Sheikh & Simoncelli 2004, equation 13.
    """
    window = tuple(min(WINDOW, side) for side in a.shape)
    taps = window[0] * window[1]
    inside = tuple(slice(width // 2, side - (width - 1) // 2) for width, side in zip(window, a.shape, strict=True))

    def mean(x: Array) -> Array:
        smooth: Array = scipy.ndimage.uniform_filter(x, window)[inside]
        return smooth

    a, b = a.astype(np.float64), b.astype(np.float64)
    mean_a, mean_b, share = mean(a), mean(b), taps / max(taps - 1, 1)
    var_a, var_b = share * (mean(a * a) - mean_a ** 2), share * (mean(b * b) - mean_b ** 2)
    covariance = share * (mean(a * b) - mean_a * mean_b)
    c1, c2 = C1 * size ** 2, C2 * size ** 2
    return float((((2 * mean_a * mean_b + c1) * (2 * covariance + c2)) /
                  ((mean_a ** 2 + mean_b ** 2 + c1) * (var_a + var_b + c2))).mean())


def hog(image: Array) -> Array:
    """Return the histogram of oriented gradients of an image (H, W): 8 directions in 4 × 4 cells, normalised by cell.

    Source: Dalal & Triggs 2005.
    """
    down, across = np.gradient(image) if min(image.shape) > 1 else (np.zeros_like(image), np.zeros_like(image))
    strength = np.hypot(down, across)
    direction = np.minimum((np.arctan2(down, across) % np.pi) / np.pi * BINS, BINS - 1).astype(int)
    rows, columns = (np.arange(side) * min(4, side) // side for side in image.shape)
    cell = rows[:, None] * (columns[-1] + 1) + columns
    cells = np.bincount((cell * BINS + direction).ravel(), strength.ravel(), (cell[-1, -1] + 1) * BINS)
    histograms: Array = cells.reshape(-1, BINS)
    histograms = histograms / np.maximum(np.linalg.norm(histograms, axis=1, keepdims=True), 1e-12)
    return np.asarray(histograms.ravel())


def _alike(a: Array, b: Array) -> tuple[float, ...]:
    if not a.any() or not b.any():
        return (0.0,) * len(Similarity._fields)
    a, b = a / np.abs(a).max(), b / np.abs(b).max()
    return (rank_correlation(np.abs(a), np.abs(b)), rank_correlation(a, b),
            structural_similarity(np.abs(a), np.abs(b)), structural_similarity(a, b, 2.0),
            _correlation(hog(np.abs(a)), hog(np.abs(b))))


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    norm = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / norm) if norm else 0.0


def _image(mask: Array) -> Array:
    """Return a mask as (H, W) of float64: channels added up, what has one axis as one row."""
    return mask.astype(np.float64).reshape(1, -1) if mask.ndim < 2 else \
        mask.astype(np.float64).reshape(-1, *mask.shape[-2:]).sum(axis=0)
