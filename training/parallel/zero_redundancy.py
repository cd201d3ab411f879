"""An optimiser whose state is divided among the ranks of a job, each of which moves a part of the parameters."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...layers.core import Array, Parameter, ValueRangeError, spans
from ...optim import Optimizer
from ...optim.groups import Params, parameters_of
from ...optim.optimizer import Closure
from .current import current
from .gathering import gather

__all__ = ["ZeroRedundancyOptimizer"]


class ZeroRedundancyOptimizer(Optimizer):
    """``optimizer_class(params, …)`` of which every rank keeps the state of its own parameters alone (ZeRO stage 1).

    Each rank moves about as many numbers, in whole parameters, and gives them to the others. Weights, schedules and
    options are those of the optimiser itself, and so is ``state_dict``, which brings the states of all ranks together:
    it loads into a job of any size, and into the optimiser without this. All ranks must ask for it.

    Cost: state of size / ranks numbers instead of size, and one broadcast of all parameters at every step.

    Raises: ValueRangeError for an optimiser that takes all parameters at once, such as LBFGS.

    Source: Rajbhandari et al. 2020, "ZeRO", section 5.1; torch.distributed.optim.ZeroRedundancyOptimizer.

    Example:
        >>> from chainrule.training.parallel import ZeroRedundancyOptimizer
        >>> model = Sequential(Linear(64, 10))
        >>> optimizer = ZeroRedundancyOptimizer(model.parameters(), Adam, lr=0.01)
        >>> len(optimizer.param_groups[0]["params"])        # of all ranks
        2
    """

    def __init__(self, params: Params, optimizer_class: Callable[..., Optimizer], **defaults: Any) -> None:
        optimizer = optimizer_class(params=params, **defaults)
        if type(optimizer).step is not Optimizer.step:
            raise ValueRangeError(f"ZeroRedundancyOptimizer expected an optimiser that moves every parameter by "
                                  f"itself, got {type(optimizer).__name__}")
        self._take(optimizer)

    def _take(self, optimizer: Optimizer) -> None:
        self.optimizer, self.communicator = optimizer, current()
        self.defaults, self.param_groups = optimizer.defaults, optimizer.param_groups
        self._own: list[Parameter] = []
        self._moved: list[tuple[int, Array, tuple[Parameter, ...]]] = []     # by whom, where, and whose data
        self._divide(parameters_of(self.param_groups))

    def step(self, closure: Closure | None = None) -> float | None:
        loss = self.optimizer.step(closure)
        for rank, data, parameters in self._moved:
            if any(parameter.reached and parameter.requires_grad for parameter in parameters):
                self.communicator.broadcast_(data, rank)
        return loss

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        self.optimizer.add_param_group(param_group)
        self._divide(parameters_of(self.param_groups[-1:]))

    def state_dict(self) -> dict[str, Any]:
        own = self.optimizer.state_dict()
        parts = gather(own["state"], self.communicator)
        return own | {"state": dict(sorted(entry for part in parts for entry in part.items()))}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        self.optimizer.load_state_dict(state_dict)

    def _divide(self, parameters: Iterable[Parameter]) -> None:
        """Give every rank a share of further parameters: those that begin in its stretch of them all."""
        given, size = list(parameters), self.communicator.size
        total, start = max(1, sum(parameter.size for parameter in given)), 0
        shares: list[list[Parameter]] = [[] for _ in range(size)]
        for parameter in given:
            shares[start * size // total].append(parameter)
            start += parameter.size
        self._own += shares[self.communicator.rank]
        self._moved += [(rank, span.data, span.parameters) for rank, share in enumerate(shares)
                        for span in spans(share) if size > 1]
        self.optimizer.keep(self._own)

    def __getstate__(self) -> dict[str, Any]:
        return {"optimizer": self.optimizer, "saved": self.optimizer.state_dict()}

    def __setstate__(self, own: dict[str, Any]) -> None:
        self._take(own["optimizer"])
        self.optimizer.load_state_dict(own["saved"])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.optimizer!r})"
