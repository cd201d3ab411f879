"""K-FAC: natural gradient steps with a Fisher matrix made of Kronecker products, one for each layer."""

import math
from typing import Any

import numpy as np

from ...layers.core import Array, NonNegative, Positive, Share, Size, observe
from ...optim.groups import Params
from .kronecker import Factors, by_layer, factored_layers
from .landscape import Landscape
from .method import LEAST_DAMPING, SecondOrder

__all__ = ["KFAC"]


class KFAC(SecondOrder):
    """Kronecker-factored approximate curvature for Linear and convolution layers; products set length and momentum.

    Formula: d = -inv(outputs + root / pi * I) @ grad @ inv(inputs + pi * root * I), of each layer, grad (out, in + 1)
             root = sqrt(damping), pi**2 = (mean of the diagonal of inputs) / (mean of the diagonal of outputs)
             p = x * d + y * (last p), x and y minimising grad @ p + p @ (G + damping * I) @ p / 2
             w += lr * p

    ``inputs`` and ``outputs`` are running means of what Factors finds on the way back of random gradients, drawn from
    what the network believes, not from the targets. Every ``refresh`` steps the inverses are made anew, and damping
    goes times ``0.95**refresh`` where the loss falls by over 3/4 of what the quadratic promises, and up as much below
    1/4. Batches may change from step to step.

    Cost: two gradients and two Gauss–Newton products; for each layer, the squares of its inputs and outputs, twice.

    Raises: ValueRangeError for parameters of other layers, or another loss than CrossEntropyLoss or an elementwise one.

    Source: Martens & Grosse 2015, "Optimizing neural networks with Kronecker-factored approximate curvature", sections
        2 to 7.

    Example:
        >>> from chainrule.backprop import KFAC
        >>> from chainrule.training import Objective
        >>> data, model = spirals(60, 2), Sequential(Linear(2, 16), Tanh(), Linear(16, 2))
        >>> optimizer, objective = KFAC(model.parameters()), Objective(model, CrossEntropyLoss(), *data[:])
        >>> losses = [optimizer.step(objective) for _ in range(60)]
        >>> losses[-1] < losses[0] / 2
        True
    """

    def __init__(self, params: Params, lr: NonNegative = 1.0, damping: Positive = 1.0, decay: Share = 0.95,
                 refresh: Size = 5) -> None:
        super().__init__(params, lr, damping=damping, decay=decay, refresh=refresh)

    def minimum(self, landscape: Landscape, w: Array, loss: float, grad: Array) -> Array:
        memory, refresh = self.memory, self.param_groups[0]["refresh"]
        damping: Any = memory.setdefault("damping", self.param_groups[0]["damping"])
        step = memory["step"] = memory.get("step", 0) + 1
        natural = self._natural(landscape, w, grad, fresh=step % refresh == 1 % refresh)
        matrix = landscape.gauss_newton(w)
        directions = np.stack([natural, *([memory["last"]] if "last" in memory else [])])
        bent = np.stack([matrix @ d + damping * d for d in directions])
        share = np.linalg.lstsq(directions @ bent.T, -directions @ grad, rcond=None)[0]
        p = memory["last"] = np.asarray(share @ directions, w.dtype)
        if step % refresh == 0:
            predicted = float(grad @ p) / 2             # at the minimum of a quadratic
            ratio = (landscape.value(w + p) - loss) / predicted if predicted < 0 else -math.inf
            damping *= 0.95**refresh if ratio > 3 / 4 else 0.95**-refresh if ratio < 1 / 4 else 1
            memory["damping"] = max(damping, LEAST_DAMPING)
        return np.asarray(w + p)

    def _natural(self, landscape: Landscape, w: Array, grad: Array, fresh: bool) -> Array:
        """Return the descent direction of every layer's own Fisher block, all in one vector."""
        parameters, memory = landscape.parameters, self.memory
        factors, keep = Factors(parameters), min(1 - 1 / memory["step"], self.param_groups[0]["decay"])
        with observe(factors):
            landscape.random_gradient(w)
        layers = factored_layers(landscape.objective.model, parameters)
        for index, layer in enumerate(layers):
            for name, new in zip(("inputs", "outputs"), factors.found[id(layer.weight)], strict=True):
                memory[f"{name} {index}"] = keep * memory.get(f"{name} {index}", 0) + (1 - keep) * new
            if fresh:
                self._invert(index)
        return by_layer(layers, parameters, -grad, lambda index, block: (
            memory[f"inverse of outputs {index}"] @ block @ memory[f"inverse of inputs {index}"]))

    def _invert(self, index: int) -> None:
        memory = self.memory
        inputs, outputs = memory[f"inputs {index}"], memory[f"outputs {index}"]
        root = math.sqrt(memory["damping"])
        mean_in, mean_out = (max(float(np.trace(each)) / len(each), 1e-30) for each in (inputs, outputs))
        pi = math.sqrt(mean_in / mean_out)
        for name, factor, added in (("inputs", inputs, pi * root), ("outputs", outputs, root / pi)):
            eye = np.eye(len(factor), dtype=factor.dtype)
            memory[f"inverse of {name} {index}"] = np.linalg.inv(factor + np.asarray(added, factor.dtype) * eye)
