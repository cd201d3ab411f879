"""Deep plain networks on which vanishing and exploding gradients are shown."""

import math
from collections.abc import Callable
from typing import Annotated

import numpy as np

from ...layers import BatchNorm1d, LayerNorm, Linear, ReLU
from ...layers.core import Layer, OneOf, Positive, Size, check_choice, check_range, check_size, default_rng
from ...layers.init import normal_, orthogonal_
from ...models import Residual, Sequential

__all__ = ["deep_network"]

HE = math.sqrt(2)
NORMS: dict[str, Callable[[int], Layer]] = {"batch": BatchNorm1d, "layer": LayerNorm}


def deep_network(depth: Size, width: Size, activation: Callable[[], Layer] = ReLU, gain: Positive = HE, *,
                 init: Annotated[str, OneOf("normal", "orthogonal")] = "normal",
                 norm: Annotated[str, OneOf("none", *NORMS)] = "none", residual: bool = False,
                 rng: np.random.Generator | None = None) -> Sequential:
    """Return ``depth`` blocks ``activation(norm(weight @ x))``, or ``x`` + that, all of one width.

    Weights are Gaussian with deviation ``gain / √width``, or ``gain`` times an orthogonal matrix; there are no
    biases. The gain is 1 after Glorot, √2 after He.

    Example:
        >>> from chainrule.analysis.gradient_flow import deep_network
        >>> model = deep_network(5, 8, Tanh, gain=1.0, norm="layer", residual=True)
        >>> len(model), model[0].branch
        (5, Sequential(
          (0): Linear(8, 8, bias=False)
          (1): LayerNorm((8,))
          (2): Tanh()
        ))
    """
    check_size(depth, "depth", "deep_network")
    check_size(width, "width", "deep_network")
    check_range(gain, 0, math.inf, name="gain", owner="deep_network")
    check_choice(init, ("normal", "orthogonal"), name="init", owner="deep_network")
    check_choice(norm, ("none", *NORMS), name="norm", owner="deep_network")
    rng, blocks = default_rng(rng), []
    for _ in range(depth):
        linear = Linear(width, width, bias=False)
        if init == "normal":
            normal_(linear.weight, 0.0, gain / math.sqrt(width), rng=rng)
        else:
            orthogonal_(linear.weight, gain, rng=rng)
        block = Sequential(linear, *([NORMS[norm](width)] if norm in NORMS else []), activation())
        blocks.append(Residual(block) if residual else block)
    return Sequential(*blocks)
