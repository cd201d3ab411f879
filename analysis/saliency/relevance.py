"""Layer-wise relevance propagation: a score handed back, layer by layer, to whoever contributed to it."""

import copy
import math
from collections import defaultdict
from typing import Any

import numpy as np

from ...layers import Add, Concat, Copy, Dropout, Elementwise, Flatten, Identity, Linear, LinearMap, Select, Unflatten
from ...layers.batch_norm import BatchNorm
from ...layers.conv import ConvNd
from ...layers.core import (
    Array,
    DtypeError,
    Layer,
    NonNegative,
    Observer,
    backward_rule,
    call,
    call_back,
    check_range,
    observe,
)
from ...layers.pooling.winner_pool import WinnerPool
from ...models import Graph, Parallel, Residual, Sequential
from .score import Target, chosen, explaining, one_hot

__all__ = ["layer_relevance"]

# What only chooses, copies or moves numbers hands relevance on by its backward pass: a maximum to the winner.
_MOVERS = (Sequential, Graph, Parallel, Flatten, Unflatten, Identity, Dropout, WinnerPool, Concat, Copy, Select)
# Where every output has one input, that input gets all of it, whatever the function.
_SINGLE = (Elementwise, BatchNorm)


def layer_relevance(model: Layer, x: Array, target: Target = None, epsilon: NonNegative = 1e-2,
                    composite: bool = True) -> Array:
    """Return the relevance of every input; the values of a sample sum to its score.

    With the contributions ``z[j, k] = x[j] * weight[k, j]`` of inputs j to an output k of a linear map:

        unit[k]  = relevance_out[k] / (z[k] + epsilon * sign(z[k])),     z[k] = sum over j of z[j, k], + bias[k]
        relevance[j] = sum over k of z[j, k] * unit[k] + rest[k] / inputs of k

    What the bias and epsilon have, ``rest``, goes to all inputs alike, so nothing is lost. With ``composite``
    convolutions count positive contributions only and no bias (the z⁺ rule), which gives calm pictures. Activations
    and batch norms hand on what they get, maxima give it to the winner, sums in proportion.

    Raises: DtypeError for a layer without a rule, such as attention.

    Source: Bach et al. 2015, equations 56 and 58; Lapuschkin et al. 2016 (the LRP toolbox: shares of the bias);
    Montavon et al. 2019, section 10.2 (composite).
    """
    check_range(epsilon, 0, math.inf, name="epsilon", owner="layer_relevance")
    classes, rules = chosen(model, x, target), _Rules(epsilon, composite)
    with explaining(model), observe(rules):
        y, entry = call(model, x)
        with backward_rule(Layer, rules.hand_back):
            relevance: Array = call_back(model, entry, y * one_hot(y, classes))
    return relevance


class _Rules(Observer):
    """Sees what goes in and comes out on the way forward, and gives relevance back by it."""

    def __init__(self, epsilon: float, composite: bool) -> None:
        self.epsilon, self.composite = epsilon, composite
        self.seen: dict[int, list[tuple[tuple[Any, ...], Any]]] = defaultdict(list)     # the calls of each layer

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        self.seen[id(layer)].append((x, y))

    def hand_back(self, layer: Layer, relevance: Any) -> Any:
        x, y = self.seen[id(layer)].pop()
        if isinstance(layer, _MOVERS):
            return layer.backward(relevance)
        if isinstance(layer, _SINGLE):
            return relevance
        if isinstance(layer, ConvNd) and self.composite:
            return self._positive(layer, x[0], relevance)
        if isinstance(layer, (Linear, ConvNd)):
            even = _with_weight(layer, np.ones_like(layer.weight.data))
            plain = _with_weight(layer, layer.weight.data)
            return self._share(((x[0], plain),), y, even, relevance)
        if isinstance(layer, Add):
            return self._split(x, relevance)
        if isinstance(layer, Residual):
            return self._residual(layer, x[0], relevance)
        if isinstance(layer, LinearMap):
            return self._share(((x[0], layer),), y, layer, relevance)
        raise DtypeError(f"layer_relevance expected layers that it has a rule for, got {layer.title}")

    def _positive(self, layer: ConvNd, x: Array, relevance: Array) -> Array:
        weight = layer.weight.data
        parts = ((np.maximum(x, 0), _with_weight(layer, np.maximum(weight, 0))),
                 (np.minimum(x, 0), _with_weight(layer, np.minimum(weight, 0))))
        y = sum(part.forward(each) for each, part in parts)
        return self._share(parts, y, _with_weight(layer, np.ones_like(weight)), relevance)

    def _share(self, parts: tuple[tuple[Array, Layer], ...], y: Any, even: Layer, relevance: Array) -> Array:
        """Give each input of ``parts``, linear maps that add up, its share; what is left goes back through ``even``."""
        unit = relevance / self._steady(y)
        given, result = np.zeros_like(relevance), np.zeros_like(parts[0][0])
        for x, part in parts:
            given += part.forward(x) * unit
            result += x * part.backward(unit)
        count = even.forward(np.ones_like(result))
        return np.asarray(result + even.backward((relevance - given) / count))

    def _split(self, terms: tuple[Array, ...], relevance: Array) -> tuple[Array, ...]:
        y = np.asarray(sum(terms))
        unit = relevance / self._steady(y)
        rest = (relevance - y * unit) / len(terms)
        return tuple(term * unit + rest for term in terms)

    def _residual(self, layer: Residual, x: Array, relevance: Array) -> Array:
        entry, around, _ = layer.saved()
        through = self.seen[id(layer.branch)][-1][1]
        shortcut = x if layer.shortcut is None else self.seen[id(layer.shortcut)][-1][1]
        first, second = self._split((through, shortcut), relevance)
        back = second if layer.shortcut is None else call_back(layer.shortcut, around, second, at=(layer, "shortcut"))
        return np.asarray(back + call_back(layer.branch, entry, first, at=(layer, "branch")))

    def _steady(self, y: Array) -> Array:
        least = float(np.finfo(y.dtype).tiny) ** 0.5
        return np.asarray(y + y.dtype.type(max(self.epsilon, least)) * np.where(y < 0, -1, 1).astype(y.dtype))


def _with_weight(layer: Linear | ConvNd, weight: Array) -> Layer:
    twin = copy.deepcopy(layer)
    twin.weight.data, twin.bias = weight, None
    return twin
