"""Spectral normalisation: weights divided by their largest singular value."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..conv_transpose import ConvTransposeNd
from ..core import (
    Array,
    Buffer,
    Kept,
    Layer,
    NonNegative,
    Parameter,
    ShapeError,
    Size,
    check_range,
    check_size,
    default_rng,
)
from .reparametrized import Reparametrized

__all__ = ["SpectralNorm", "spectral_norm"]


class SpectralNormOrigin(NamedTuple):
    """The weight's largest singular value and its singular vectors, as estimated for the call, and the weight."""

    sigma: float
    u: Array
    v: Array
    weight: Array


class SpectralNorm(Reparametrized):
    """Layer whose weight has spectral norm one, ``weight = weight_orig / sigma`` with ``sigma = u.T @ W @ v``.

    ``W`` is the weight as a matrix, its slices along ``dim`` (None: the axis of outputs) as rows. In training
    ``n_power_iterations`` steps of power iteration improve the singular vectors ``u`` and ``v`` first; in evaluation
    they stay.

    Shapes:
        weight_orig:        that of the layer's weight
        weight_u, weight_v: rows and columns of ``W``

    Gradients:
        grad_orig = (grad_weight - sum(grad_weight * weight) * u v.T) / sigma, with u and v held constant

    Cost: as the layer, and two products with ``W`` per step of power iteration; keeps what the layer keeps.

    Raises: UnknownNameError when the layer has no parameter of that name.

    Source: Miyato, Kataoka, Koyama & Yoshida 2018, algorithm 1; names of torch.nn.utils.spectral_norm.

    Example:
        >>> layer = SpectralNorm(chainrule.layers.Linear(3, 2))
        >>> sorted(layer.state_dict())
        ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """

    forward_mode_gap = "the vectors u and v are held constant, so backward_jvp would not be the second derivative"
    backward_jvp = Layer.backward_jvp

    def __init__(self, layer: Layer, name: str = "weight", n_power_iterations: Size = 1, eps: NonNegative = 1e-12,
                 dim: int | None = None, *, rng: np.random.Generator | None = None) -> None:
        super().__init__(layer, name)
        weight: Parameter = getattr(layer, name)
        self.n_power_iterations = check_size(n_power_iterations, "n_power_iterations", "SpectralNorm")
        self.eps = check_range(eps, 0, math.inf, name="eps", owner="SpectralNorm")
        dim = int(isinstance(layer, ConvTransposeNd)) if dim is None else dim      # where the outputs' channels are
        if not -len(weight.shape) <= dim < len(weight.shape):
            raise ShapeError(f"{self.title} expected dim to be an axis of {name}, which has {len(weight.shape)}, "
                             f"got {dim}")
        self.dim = dim
        matrix = self._matrix(weight.data)
        u, v = (self._unit(default_rng(rng).standard_normal(size)) for size in matrix.shape)
        setattr(self, f"{name}_orig", Parameter(weight.data, dtype=weight.dtype))
        setattr(self, f"{name}_u", Buffer(u, dtype=weight.dtype))
        setattr(self, f"{name}_v", Buffer(v, dtype=weight.dtype))

    def compute(self) -> tuple[Array, SpectralNormOrigin]:
        original = getattr(self, f"{self.name}_orig")
        u, v = getattr(self, f"{self.name}_u"), getattr(self, f"{self.name}_v")
        matrix = self._matrix(original.data)
        if self.training:
            for _ in range(self.n_power_iterations):
                v.assign(self._unit(np.dot(matrix.T, u.data)))
                u.assign(self._unit(np.dot(matrix, v.data)))
        sigma = float(np.dot(u.data, np.dot(matrix, v.data)))       # dot: some BLAS make @ warn of NaNs that are none
        weight = np.asarray(original.data / sigma)
        return weight, SpectralNormOrigin(sigma, u.data, v.data, weight)

    def compute_backward(self, grad_weight: Array, origin: SpectralNormOrigin) -> None:
        original = getattr(self, f"{self.name}_orig")
        if original.requires_grad:
            sigma, u, v, weight = origin
            along = float((grad_weight * weight).sum())
            matrix = np.outer(u, v) * along             # (rows, columns) -> the shape of the weight
            moved = np.moveaxis(weight, self.dim, 0)
            original.grad += (grad_weight - np.moveaxis(matrix.reshape(moved.shape), 0, self.dim)) / sigma

    def compute_jvp(self, origin: SpectralNormOrigin) -> tuple[Array, None]:
        sigma, u, v, weight = origin
        dot = getattr(self, f"{self.name}_orig").dot
        if dot is None:
            return np.zeros_like(weight), None
        along = float(np.dot(u, np.dot(self._matrix(dot), v)))
        return np.asarray((dot - along * weight) / sigma), None

    def origin_kept(self) -> tuple[Kept, ...]:
        rows, columns = self._matrix(getattr(self, f"{self.name}_orig").data).shape
        return Kept("u", rows), Kept("v", columns), Kept("weight", rows * columns)

    def _matrix(self, weight: Array) -> Array:
        return np.moveaxis(weight, self.dim, 0).reshape(weight.shape[self.dim], -1)

    def _unit(self, vector: Any) -> Array:
        return np.asarray(vector / max(float(np.linalg.norm(vector)), self.eps))


def spectral_norm(layer: Layer, name: str = "weight", n_power_iterations: Size = 1, eps: NonNegative = 1e-12,
                  dim: int | None = None) -> SpectralNorm:
    """Return the layer with its weight normalised; see ``SpectralNorm``."""
    return SpectralNorm(layer, name, n_power_iterations, eps, dim)
