"""How much of the data a generator has learned: the clouds that it hits, and how often it hits one."""

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Array, ShapeError, ValueRangeError, show_shape

__all__ = ["mode_coverage"]


def mode_coverage(samples: Array, data: ArrayDataset) -> dict[str, float]:
    """Return ``modes``, how many clouds of the data samples hit, and ``quality``, the share of samples that hit one.

    The clouds are the classes of the data, ``data.y``. A sample hits the cloud of the nearest centre if it is within
    three standard deviations of it; the deviation is that of a coordinate, measured on the cloud.

    Shapes:
        samples: (M, F), data.x: (N, F)
        data.y:  (N,) integers

    Raises: ShapeError for samples of another number of features, ValueRangeError for data without classes.

    Source: Srivastava et al. 2017 (VEEGAN), section 4.1; Metz et al. 2017 (unrolled GAN), section 3.1.

    Example:
        >>> data = ring(800, noise=0.01, rng=np.random.default_rng(0))
        >>> mode_coverage(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.01], [0.0, 0.0]]), data)
        {'modes': 2.0, 'quality': 0.75}
    """
    if data.y.ndim != 1 or data.y.dtype.kind not in "iu":
        raise ValueRangeError(f"mode_coverage expected y as one class for each sample, got {data.y.dtype} of shape "
                              f"{show_shape(data.y.shape)}")
    if samples.ndim != 2 or data.x.shape[1:] != samples.shape[1:]:
        raise ShapeError(f"mode_coverage expected samples of as many features as the data, {show_shape(data.x.shape)}, "
                         f"got {show_shape(samples.shape)}")
    clouds = [data.x[data.y == label].astype(np.float64) for label in np.unique(data.y)]
    centers = np.stack([cloud.mean(axis=0) for cloud in clouds])
    spreads = np.array([np.sqrt(cloud.var(axis=0).mean()) for cloud in clouds])
    distances = np.linalg.norm(samples[:, None] - centers, axis=-1)        # (M, 1, F) - (modes, F)
    nearest = distances.argmin(axis=1)
    hits = distances[np.arange(len(samples)), nearest] <= 3 * spreads[nearest]
    return {"modes": float(len(np.unique(nearest[hits]))), "quality": float(hits.mean())}
