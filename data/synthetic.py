"""Small synthetic problems: clouds of points with their classes, drawn from a seeded generator."""

import math
from typing import Annotated

import numpy as np

from ..layers.core import Array, NonNegative, Size, ValueRangeError, Within, check_size, default_rng
from .dataset import ArrayDataset

__all__ = ["blobs", "circles", "moons", "ring", "spirals", "xor"]


def xor(n_samples: Size = 4, noise: NonNegative = 0.0, rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return exclusive or, ``y = x[:, 0] != x[:, 1]``: the corners of the unit square in turn, from 00, 01, 10, 11.

    Shapes:
        x: (n_samples, 2) float32, with Gaussian ``noise`` of that standard deviation
        y: (n_samples, 1) float32, 0 or 1

    Example:
        >>> xor().y.ravel()
        array([0., 1., 1., 0.], dtype=float32)
    """
    _check("xor", n_samples, noise)
    corner = np.arange(n_samples) % 4
    bits = np.stack([corner // 2, corner % 2], axis=1)
    target = bits[:, :1] != bits[:, 1:]
    return ArrayDataset(_noisy(bits, noise, rng), target.astype(np.float32))


def moons(n_samples: Size = 300, noise: NonNegative = 0.1, rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return two half circles of radius 1 that reach into each other, around (0, 0) and (1, 0.5).

    Shapes:
        x: (n_samples, 2) float32, with Gaussian ``noise`` of that standard deviation
        y: (n_samples,) int64, 0 for the upper moon and 1 for the lower, in turn

    Source: the curves of sklearn.datasets.make_moons.

    Example:
        >>> moons(10).x.shape
        (10, 2)
    """
    _check("moons", n_samples, noise)
    y, position = _along_curves(n_samples, 2)
    angle, side = math.pi * position, 1 - 2 * y
    x = np.stack([y + side * np.cos(angle), 0.5 * y + side * np.sin(angle)], axis=1)
    return ArrayDataset(_noisy(x, noise, rng), y)


def circles(n_samples: Size = 300, noise: NonNegative = 0.05,
            factor: Annotated[float, Within(0, 1, open_low=True, open_high=True)] = 0.5,
            rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return two circles around the origin, of radius 1 and of radius ``factor``.

    Shapes:
        x: (n_samples, 2) float32, with Gaussian ``noise`` of that standard deviation
        y: (n_samples,) int64, 0 for the outer circle and 1 for the inner, in turn

    Source: the curves of sklearn.datasets.make_circles.

    Example:
        >>> circles(10).y.tolist()
        [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    """
    _check("circles", n_samples, noise)
    if not 0 < factor < 1:
        raise ValueRangeError(f"circles expected factor, the inner radius, between 0 and 1, got {factor}")
    y, position = _along_curves(n_samples, 2)
    x = _polar(np.where(y == 0, 1.0, factor), 2 * math.pi * position)
    return ArrayDataset(_noisy(x, noise, rng), y)


def spirals(n_samples: Size = 300, n_classes: Size = 3, turns: float = 1.0, noise: NonNegative = 0.02,
            rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return spiral arms, one for each class, that wind ``turns`` times around the origin.

    Shapes:
        x: (n_samples, 2) float32, radius 0.1 … 1, with Gaussian ``noise`` of that standard deviation
        y: (n_samples,) int64, the arm, in turn

    Source: Lang and Witbrock 1988, Learning to tell two spirals apart (there two arms and three turns).

    Example:
        >>> spirals(10, n_classes=4).y.tolist()
        [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    """
    _check("spirals", n_samples, noise, n_classes)
    y, position = _along_curves(n_samples, n_classes)
    radius = 0.1 + 0.9 * position       # the arms meet at the origin, where no point could be told apart
    x = _polar(radius, 2 * math.pi * (y / n_classes + turns * position))
    return ArrayDataset(_noisy(x, noise, rng), y)


def blobs(n_samples: Size = 300, n_classes: Size = 3, n_features: Size = 2, noise: NonNegative = 1.0,
          center_box: tuple[float, float] = (-10.0, 10.0), rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return round Gaussian clouds, one for each class, their centres drawn uniformly from ``center_box``.

    Shapes:
        x: (n_samples, n_features) float32, with Gaussian ``noise`` of that standard deviation around the centre
        y: (n_samples,) int64, the cloud, in turn

    Source: as sklearn.datasets.make_blobs.

    Example:
        >>> blobs(8, n_features=5).x.shape
        (8, 5)
    """
    _check("blobs", n_samples, noise, n_classes)
    check_size(n_features, "n_features", "blobs")
    centers = default_rng(rng).uniform(*center_box, (n_classes, n_features))
    y = np.arange(n_samples, dtype=np.int64) % n_classes
    return ArrayDataset(_noisy(centers[y], noise, rng), y)


def ring(n_samples: Size = 800, n_classes: Size = 8, noise: NonNegative = 0.02, radius: float = 1.0,
         rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return round Gaussian clouds, one for each class, evenly around a circle: what generative models lose parts of.

    Shapes:
        x: (n_samples, 2) float32, with Gaussian ``noise`` of that standard deviation around the centre
        y: (n_samples,) int64, the cloud, in turn

    Source: Metz et al. 2017 (unrolled GAN), section 3.1.

    Example:
        >>> ring(4, n_classes=4, noise=0.0).x.round().tolist()
        [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """
    _check("ring", n_samples, noise, n_classes)
    y = np.arange(n_samples, dtype=np.int64) % n_classes
    return ArrayDataset(_noisy(_polar(np.full(n_samples, radius), 2 * math.pi * y / n_classes), noise, rng), y)


def _along_curves(n_samples: int, n_classes: int) -> tuple[Array, Array]:
    """Return each sample's class, taken in turn, and its place on the curve of that class, evenly inside 0 … 1."""
    y = np.arange(n_samples, dtype=np.int64) % n_classes
    return y, (np.arange(n_samples) // n_classes + 0.5) / math.ceil(n_samples / n_classes)


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _noisy(x: Array, noise: float, rng: np.random.Generator | None) -> Array:
    return (x + noise * default_rng(rng).standard_normal(x.shape)).astype(np.float32)


def _check(owner: str, n_samples: int, noise: float, n_classes: int = 1) -> None:
    if not n_samples >= n_classes >= 1:
        raise ValueRangeError(f"{owner} expected at least one class and one sample of each, "
                              f"got n_samples={n_samples} and n_classes={n_classes}")
    if not noise >= 0:
        raise ValueRangeError(f"{owner} expected noise, a standard deviation, of at least 0, got {noise}")
