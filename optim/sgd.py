"""Gradient descent, with momentum if wanted."""

from ..layers.core import Array, NonNegative, ValueRangeError
from .groups import Group, Params
from .in_place import add
from .optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum (Polyak's, or Nesterov's).

    Formula: momentum_buffer = momentum * momentum_buffer + (1 - dampening) * grad      (at first: grad)
             w -= lr * momentum_buffer, or with nesterov lr * (grad + momentum * momentum_buffer)
    weight_decay * w is added to grad beforehand.

    Cost: no state without momentum, else one array of the size of the parameters.

    Source: Goodfellow et al. 2016, algorithms 8.1 to 8.3; Sutskever et al. 2013, in the form of torch.optim.SGD.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]))
        >>> optimizer = SGD([w], lr=0.5)
        >>> w.grad = np.array([1.0, -1.0])
        >>> optimizer.step()
        >>> w.data.tolist()
        [0.5, 2.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-3, momentum: NonNegative = 0, dampening: float = 0,
                 weight_decay: NonNegative = 0, nesterov: bool = False, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
                         nesterov=nesterov, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueRangeError(f"{type(self).__name__} expected momentum > 0 and dampening = 0 with nesterov, got "
                                  f"momentum={group['momentum']!r} and dampening={group['dampening']!r}")

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("momentum_buffer",) if group["momentum"] else ()

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        lr, momentum = group["lr"], group["momentum"]
        if momentum:
            momentum_buffer = state["momentum_buffer"]
            momentum_buffer *= momentum
            add(momentum_buffer, grad, 1.0 if step == 1 else 1 - group["dampening"])
            add(w, momentum_buffer, -lr * momentum if group["nesterov"] else -lr)
        if not momentum or group["nesterov"]:
            add(w, grad, -lr)
