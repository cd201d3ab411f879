"""Momentum made orthogonal: matrices whose steps have equal singular values."""

import math

import numpy as np

from ..layers.core import Array, Count, NonNegative, ShapeError, check_choice, check_size, show_shape
from .groups import Group, Params
from .in_place import add, lerp
from .optimizer import Optimizer

__all__ = ["Muon"]


class Muon(Optimizer):
    """Momentum orthogonalised by Newton–Schulz iterations, for the weight matrices of hidden layers.

    Formula: momentum_buffer = momentum * momentum_buffer + (1 - momentum) * grad
             x = (1 - momentum) * grad + momentum * momentum_buffer     (nesterov; else momentum_buffer)
             x = x / norm(x), then ns_steps times x = a * x + (b * x @ x.T + c * (x @ x.T)**2) @ x
             w *= 1 - lr * weight_decay
             w -= lr * sqrt(max(1, rows / columns)) * x
    a, b, c are the ns_coefficients. With adjust_lr_fn="match_rms_adamw" the root is 0.2 * sqrt(max(rows, columns)).

    Cost: one array of the size of the parameters; 3 * ns_steps matrix products, in the parameters' own dtype.

    Raises: ShapeError for a parameter that is no matrix; give those to AdamW.

    Source: Jordan et al. 2024 (Muon); Liu et al. 2025, section 2.2, for the adjustment; torch.optim.Muon.

    Example:
        >>> w = Parameter(np.zeros((2, 2)))
        >>> optimizer = Muon([w], lr=1.0, ns_steps=25, ns_coefficients=(1.5, -0.5, 0.0))    # these converge
        >>> w.grad = np.array([[3.0, 0.0], [0.0, -0.5]])
        >>> optimizer.step()
        >>> w.data.round(3).tolist()
        [[-1.0, 0.0], [0.0, 1.0]]
    """

    elementwise = False

    def __init__(self, params: Params, lr: NonNegative = 1e-3, weight_decay: NonNegative = 0.1,
                 momentum: NonNegative = 0.95, nesterov: bool = True,
                 ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315), eps: NonNegative = 1e-7,
                 ns_steps: Count = 5, adjust_lr_fn: str | None = None) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov,
                         ns_coefficients=ns_coefficients, eps=eps, ns_steps=ns_steps, adjust_lr_fn=adjust_lr_fn,
                         decoupled_weight_decay=True)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_size(group["ns_steps"], "ns_steps", "Muon", least=0)
        if group["adjust_lr_fn"] is not None:
            check_choice(group["adjust_lr_fn"], ("original", "match_rms_adamw"), name="adjust_lr_fn", owner="Muon")
        for parameter in group["params"]:
            if len(parameter.shape) != 2:
                raise ShapeError(f"Muon expected matrices, got a parameter of shape {show_shape(parameter.shape)}; "
                                 f"give biases and the like to another optimiser")

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("momentum_buffer",)

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        momentum, momentum_buffer, (rows, columns) = group["momentum"], state["momentum_buffer"], w.shape
        lerp(momentum_buffer, grad, 1 - momentum)
        direction = momentum_buffer.copy()
        if group["nesterov"]:
            lerp(direction, grad, 1 - momentum)
        direction = _orthogonal(direction, group["ns_coefficients"], group["ns_steps"], group["eps"])
        adjustment = 0.2 * math.sqrt(max(rows, columns)) if group["adjust_lr_fn"] == "match_rms_adamw" \
            else math.sqrt(max(1.0, rows / columns))
        add(w, direction, -group["lr"] * adjustment)


def _orthogonal(x: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """Return ``x`` with singular values moved towards 1 by a polynomial, odd and so of the singular values alone."""
    if x.shape[0] > x.shape[1]:         # the smaller of the two products
        return _orthogonal(x.T, coefficients, steps, eps).T
    a, b, c = coefficients
    x = x / max(float(np.linalg.norm(x)), eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x
