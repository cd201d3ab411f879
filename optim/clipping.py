"""Clipping of gradients, between ``backward`` and ``step``."""

from collections.abc import Iterable

import numpy as np

from ..layers.core import NonFiniteError, Parameter, check_range

__all__ = ["clip_grad_norm_", "clip_grad_value_"]

Parameters = Parameter | Iterable[Parameter]


def clip_grad_norm_(parameters: Parameters, max_norm: float, norm_type: float = 2.0,
                    error_if_nonfinite: bool = False) -> float:
    """Scale all gradients by one factor so that their norm, as of one vector, is at most ``max_norm``.

    Returns the norm before clipping. Gradients that no backward pass has reached do not count.

    Formula: grad *= min(1, max_norm / (norm + 1e-6))

    Raises: NonFiniteError for a NaN or infinite norm if ``error_if_nonfinite``; otherwise it spreads, as in PyTorch.

    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1; torch.nn.utils.clip_grad_norm_.

    Example:
        >>> w = Parameter(np.zeros(2))
        >>> w.grad = np.array([30.0, 40.0])
        >>> clip_grad_norm_([w], max_norm=2.5)
        50.0
        >>> w.grad.round(2).tolist()
        [1.5, 2.0]
    """
    check_range(max_norm, 0.0, float("inf"), name="max_norm", owner="clip_grad_norm_")
    reached, norm_type = _reached(parameters), float(norm_type)
    norms = [np.linalg.norm(parameter.grad.ravel(), norm_type) for parameter in reached]
    norm = float(np.linalg.norm(np.array(norms, np.float64), norm_type)) if norms else 0.0
    if error_if_nonfinite and not np.isfinite(norm):
        raise NonFiniteError(f"clip_grad_norm_ found a gradient norm of {norm}, to which nothing can be scaled")
    factor = max_norm / (norm + 1e-6)
    if not factor >= 1:     # also when it is NaN
        with np.errstate(invalid="ignore"):
            for parameter in reached:
                parameter.grad *= factor
    return norm


def clip_grad_value_(parameters: Parameters, clip_value: float) -> None:
    """Limit every element of the gradients to the range from ``-clip_value`` to ``clip_value``.

    Source: torch.nn.utils.clip_grad_value_.

    Example:
        >>> w = Parameter(np.zeros(2))
        >>> w.grad = np.array([3.0, -0.25])
        >>> clip_grad_value_([w], 0.5)
        >>> w.grad.tolist()
        [0.5, -0.25]
    """
    check_range(clip_value, 0.0, float("inf"), name="clip_value", owner="clip_grad_value_")
    for parameter in _reached(parameters):
        np.clip(parameter.grad, -clip_value, clip_value, out=parameter.grad)


def _reached(parameters: Parameters) -> list[Parameter]:
    several = [parameters] if isinstance(parameters, Parameter) else parameters
    return [parameter for parameter in several if parameter.reached]
