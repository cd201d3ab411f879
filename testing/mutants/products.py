"""Wrong backwards of products and comparisons of two inputs, of a shared weight, and of distances from centres."""

from typing import Any

import numpy as np

from ...layers import Bilinear, CosineSimilarity, Linear, PairwiseDistance, RadialBasis, TiedLinear
from ...layers.core import Array
from .mutant import Subject, with_methods

__all__ = ["SUBJECTS"]

bilinear = Subject(Bilinear, lambda: Bilinear(3, 3, 3), ((5, 3), (5, 3)))
tied = Subject(TiedLinear, lambda: TiedLinear(Linear(4, 4)), ((4, 4),))
distance = Subject(PairwiseDistance, lambda: PairwiseDistance(3.0), ((5, 4), (4,)), batch_axis=None)
cosine = Subject(CosineSimilarity, CosineSimilarity, ((5, 4), (5, 4)))

radial = Subject(RadialBasis, lambda: RadialBasis(4, 3), ((5, 4),))

SUBJECTS = (bilinear, tied, distance, cosine, radial)


@bilinear.wrong("order")
def inputs_exchanged(self: Bilinear, grad_out: Array) -> Any:
    """The gradients of the two inputs are returned in the wrong order."""
    grads = Bilinear.backward(self, grad_out)
    return grads and grads[::-1]


@bilinear.wrong("order")
def matrices_transposed(self: Bilinear, grad_out: Array) -> Any:
    """The outer product is that of the second input with the first."""
    return with_methods(self, grad_out, _outer=lambda layer, grad, x1, x2: Bilinear._outer(layer, grad, x2, x1))


@bilinear.wrong("path")
def second_input_taken_for_a_constant(self: Bilinear, grad_out: Array) -> Any:
    """The product rule has two terms; only the first input gets a gradient."""
    grads = Bilinear.backward(self, grad_out)
    return grads and (grads[0], np.zeros_like(grads[1]))


@tied.wrong("order")
def weight_not_transposed_again(self: TiedLinear, grad_out: Array) -> Any:
    """The way forward went through the transposed weight, so the way back goes through the weight as it is."""
    grad_x = TiedLinear.backward(self, grad_out)
    return None if grad_x is None else (grad_out @ self.weight.data).astype(grad_x.dtype)


@tied.wrong("order")
def shared_gradient_transposed(self: TiedLinear, grad_out: Array) -> Any:
    """What is added to the shared weight's gradient lies the other way round; squares do not show it."""
    before = self.weight.grad.copy()
    grad_x = TiedLinear.backward(self, grad_out)
    self.weight.grad = before + (self.weight.grad - before).T
    return grad_x


@distance.wrong("formula", method="_slope")
def slope_of_the_euclidean_norm(self: PairwiseDistance, own: Any) -> Array:
    """The slope is that of the norm with p = 2, the difference over its norm, whatever p is."""
    return self._unit(own)


@distance.wrong("sign", method="slopes")
def both_pushed_the_same_way(self: PairwiseDistance, own: Any) -> tuple[Array, Array]:
    """The distance is of the difference, so the second input's gradient has the other sign."""
    return (self._slope(own),) * 2


@distance.wrong("batch")
def vector_for_all_gets_a_mean(self: PairwiseDistance, grad_out: Array) -> Any:
    """A vector compared with all rows gets the sum of their gradients, not the mean."""
    grads = PairwiseDistance.backward(self, grad_out)
    return grads and (grads[0], grads[1] / len(grad_out))


@cosine.wrong("path", method="_turns")
def lengths_taken_for_constants(self: CosineSimilarity, length: Array) -> Array:
    """A vector's length depends on it, so its gradient has no part along it; here it has."""
    return np.zeros_like(length)


@cosine.wrong("order", method="slopes")
def lengths_exchanged(self: CosineSimilarity, own: Any) -> tuple[Array, Array]:
    """Each vector's gradient is divided by the length of the other."""
    slope1, slope2 = CosineSimilarity.slopes(self, own)
    return slope1 * own.length1 / own.length2, slope2 * own.length2 / own.length1


@radial.wrong("sign", method="_to_input")
def pushed_from_the_centre(self: RadialBasis, pull: Array, x: Array, centre: Array) -> Array:
    """More answer lies towards the centre; here the input's gradient points away from it."""
    return -RadialBasis._to_input(self, pull, x, centre)


@radial.wrong("path", method="_to_centre")
def centre_not_subtracted(self: RadialBasis, pull: Array, x: Array, centre: Array) -> Array:
    """The centre's gradient is pull times x - centre, here pull times x."""
    rows = pull.reshape(-1, pull.shape[-1])
    return np.asarray(rows.T @ x.reshape(-1, x.shape[-1]))
