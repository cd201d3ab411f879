"""Weight normalisation: direction and length of the weights as parameters of their own."""

from typing import NamedTuple

import numpy as np

from ..core import Array, Kept, Layer, Parameter, ShapeError
from .reparametrized import Reparametrized

__all__ = ["WeightNorm", "weight_norm"]


class WeightNormOrigin(NamedTuple):
    """Direction and length of the weights."""

    v: Array
    norm: Array


class WeightNormTangent(NamedTuple):
    """The tangents of ``v / norm`` and of ``weight_g / norm``."""

    direction: Array
    scale: Array


class WeightNorm(Reparametrized):
    """Layer with weights ``weight = weight_g * weight_v / norm(weight_v)``: length and direction apart.

    Shapes:
        weight_v: that of the layer's weight
        weight_g: a length for each slice along ``dim``, other axes of size 1; one for all with ``dim=None`` (or -1)

    Gradients:
        grad_g = sum of grad_weight * v / norm over each slice
        grad_v = (grad_weight - grad_g * v / norm) * weight_g / norm

    Cost: as the layer, and five passes over the weight; keeps what the layer keeps.

    Raises: UnknownNameError when the layer has no parameter of that name.

    Source: Salimans & Kingma 2016, equations 2 and 3; names of torch.nn.utils.weight_norm.

    Example:
        >>> layer = WeightNorm(chainrule.layers.Linear(3, 2))
        >>> sorted(layer.state_dict())
        ['bias', 'weight_g', 'weight_v']
    """

    def __init__(self, layer: Layer, name: str = "weight", dim: int | None = 0) -> None:
        super().__init__(layer, name)
        weight: Parameter = getattr(layer, name)
        if dim is not None and not -1 <= dim < len(weight.shape):
            raise ShapeError(f"{self.title} expected dim to be an axis of {name}, which has {len(weight.shape)}, "
                             f"got {dim}")
        self.dim = dim
        setattr(self, f"{name}_g", Parameter(self._norm(weight.data), dtype=weight.dtype))
        setattr(self, f"{name}_v", Parameter(weight.data, dtype=weight.dtype))

    def compute(self) -> tuple[Array, WeightNormOrigin]:
        g, v = self._parameters()
        norm = self._norm(v.data)
        return np.asarray(v.data * (g.data / norm)), WeightNormOrigin(v.data.copy(), norm)

    def compute_backward(self, grad_weight: Array, origin: WeightNormOrigin) -> None:
        g, v = self._parameters()
        direction = origin.v / origin.norm
        grad_g = (grad_weight * direction).sum(axis=self._axes(origin.v), keepdims=True)
        if g.requires_grad:
            g.grad += grad_g.reshape(g.shape)
        if v.requires_grad:
            v.grad += (grad_weight - grad_g.reshape(g.shape) * direction) * (g.data / origin.norm)

    def compute_jvp(self, origin: WeightNormOrigin) -> tuple[Array, WeightNormTangent]:
        g, v = self._parameters()
        g_dot = np.zeros_like(g.data) if g.dot is None else g.dot
        v_dot = np.zeros_like(v.data) if v.dot is None else v.dot
        direction = origin.v / origin.norm
        norm_dot = (v_dot * direction).sum(axis=self._axes(origin.v), keepdims=True).reshape(g.shape)
        direction_dot = (v_dot - direction * norm_dot) / origin.norm
        scale_dot = (g_dot - g.data * norm_dot / origin.norm) / origin.norm
        return np.asarray(direction_dot * g.data + direction * g_dot), WeightNormTangent(direction_dot, scale_dot)

    def compute_backward_jvp(self, grad_weight: Array, grad_weight_dot: Array, origin: WeightNormOrigin,
                             origin_dot: WeightNormTangent) -> None:
        (g, v), (direction_dot, scale_dot) = self._parameters(), origin_dot
        direction, axes = origin.v / origin.norm, self._axes(origin.v)
        grad_g = (grad_weight * direction).sum(axis=axes, keepdims=True).reshape(g.shape)
        grad_g_dot = (grad_weight_dot * direction + grad_weight * direction_dot).sum(
            axis=axes, keepdims=True).reshape(g.shape)
        if g.requires_grad:
            g.grad_dot += grad_g_dot
        if v.requires_grad:
            across_dot = grad_weight_dot - grad_g_dot * direction - grad_g * direction_dot
            v.grad_dot += across_dot * (g.data / origin.norm) + (grad_weight - grad_g * direction) * scale_dot

    def origin_kept(self) -> tuple[Kept, ...]:
        g, v = self._parameters()
        return Kept("v", v.size), Kept("norm", g.size)

    def _parameters(self) -> tuple[Parameter, Parameter]:
        return getattr(self, f"{self.name}_g"), getattr(self, f"{self.name}_v")

    def _axes(self, weight: Array) -> tuple[int, ...]:
        return tuple(axis for axis in range(weight.ndim) if axis != self.dim)

    def _norm(self, weight: Array) -> Array:
        norm = np.sqrt((weight * weight).sum(axis=self._axes(weight), keepdims=self.dim not in (None, -1)))
        return np.asarray(norm, weight.dtype)


def weight_norm(layer: Layer, name: str = "weight", dim: int | None = 0) -> WeightNorm:
    """Return the layer with its weight normalised; see ``WeightNorm``."""
    return WeightNorm(layer, name, dim)
