"""Averages of a model's weights along its training: exponential moving averages and stochastic weight averaging."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import numpy as np

from ..layers.batch_norm import BatchNorm
from ..layers.core import (
    Array,
    Buffer,
    Description,
    Layer,
    Parameter,
    Shape,
    ShapeError,
    Tally,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    check_range,
    flatten,
    show_shape,
)

__all__ = ["AveragedModel", "AveragingFunction", "get_ema_avg_fn", "get_swa_avg_fn", "update_bn"]

AveragingFunction = Callable[[Array, Array, int], Array]
State = Parameter | Buffer


class AveragedModel(Layer):
    """A copy of a model whose parameters are averages of the model's, over all calls of ``update_parameters``.

    Formula: average = avg_fn(average, current, n_averaged), by default average + (current - average) / (n_averaged + 1)
    The first call copies. Buffers (running means, …) are copied every time, or with ``use_buffers`` averaged too.

    Shapes: those of ``module``, the copy.

    Gradients: those of ``module``; the averages are usually only evaluated.

    Cost: one array of the size of the parameters and buffers; the copy shares no memory with the model.

    Raises: ShapeError for a model of other parameters than that which was copied.

    Source: Izmailov et al. 2018, algorithm 1; Polyak & Juditsky 1992; torch.optim.swa_utils.AveragedModel.

    Example:
        >>> model = Linear(1, 1, bias=False)
        >>> averaged = AveragedModel(model, avg_fn=get_ema_avg_fn(decay=0.75))
        >>> for value in (1.0, 2.0, 3.0):
        ...     model.weight.data[...] = value
        ...     averaged.update_parameters(model)
        >>> averaged.module.weight.data.item(), averaged.forward(np.ones((1, 1), np.float32)).item()
        (1.6875, 1.6875)
    """

    def __init__(self, model: Layer, avg_fn: AveragingFunction | None = None, use_buffers: bool = False) -> None:
        self.module = deepcopy(model)
        self.avg_fn = avg_fn
        self.use_buffers = use_buffers
        self.n_averaged = Buffer(0, dtype=np.int64)

    def update_parameters(self, model: Layer) -> None:
        """Take the present parameters of ``model`` into the averages."""
        n_averaged, avg_fn = int(self.n_averaged.data), self.avg_fn or get_swa_avg_fn()
        parameters = self._pairs(self.module.parameters(), model.parameters())
        buffers = self._pairs((buffer for _, buffer in self.module.named_buffers()),
                              (buffer for _, buffer in model.named_buffers()))
        for average, current in [*parameters, *buffers]:
            averages = n_averaged > 0 and (self.use_buffers or isinstance(average, Parameter))
            value = avg_fn(average.data, current.data, n_averaged) if averages else current.data
            if isinstance(average, Parameter):
                average.data = value
            else:
                average.assign(value)
        self.n_averaged.assign(n_averaged + 1)

    def forward(self, *x: Any) -> Any:
        y, self.cache = call(self.module, *x, at=(self, "module"))
        return y

    def backward(self, grad_out: Any) -> Any:
        return call_back(self.module, self.saved(), grad_out, needs_input_grad=self.needs_input_grad,
                         at=(self, "module"))

    def jvp(self, *x_dot: Any) -> Any:
        y_dot, self.tangent = call_jvp(self.module, self.point(), *x_dot, at=(self, "module"))
        return y_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        return call_back_jvp(self.module, self.saved(), self.saved_tangent(), grad_out, grad_out_dot,
                             at=(self, "module"))

    def describe(self, *x_shapes: Shape) -> Description:
        """As the module."""
        tally = Tally(self, x_shapes)
        return tally.result(tally.add("module", self.module, tally.inputs))

    def _pairs(self, ours: Iterable[State], theirs: Iterable[State]) -> list[tuple[State, State]]:
        averages, currents = list(ours), list(theirs)
        known, given = (", ".join(show_shape(each.data.shape) for each in some) for some in (averages, currents))
        if known != given:
            raise ShapeError(f"AveragedModel expected the model it was made of, with arrays of shape {known}, got "
                             f"{given}")
        return list(zip(averages, currents, strict=True))


def get_ema_avg_fn(decay: float = 0.999) -> AveragingFunction:
    """Return the exponential moving average, in which a value counts for about ``1 / (1 - decay)`` calls.

    Formula: average = decay * average + (1 - decay) * current

    Source: Polyak & Juditsky 1992; torch.optim.swa_utils.get_ema_avg_fn.

    Example:
        >>> get_ema_avg_fn(0.75)(np.array([1.0]), np.array([2.0]), 5).tolist()
        [1.25]
    """
    check_range(decay, 0.0, 1.0, name="decay", owner="get_ema_avg_fn")

    def average(averaged: Array, current: Array, num_averaged: int) -> Array:
        return decay * averaged + (1 - decay) * current
    return average


def get_swa_avg_fn() -> AveragingFunction:
    """Return the plain average of all values so far.

    Formula: average = average + (current - average) / (num_averaged + 1)

    Source: Izmailov et al. 2018, algorithm 1; torch.optim.swa_utils.get_swa_avg_fn.

    Example:
        >>> get_swa_avg_fn()(np.array([1.0]), np.array([2.0]), 3).tolist()
        [1.25]
    """
    def average(averaged: Array, current: Array, num_averaged: int) -> Array:
        return averaged + (current - averaged) / (num_averaged + 1)
    return average


def update_bn(loader: Iterable[Any], model: Layer) -> None:
    """Let the batch norms of a model take their running statistics anew, as plain averages over all batches.

    Averaged weights have statistics of their own, which no batch of the training has seen. A batch of ``loader`` is
    the input, or a tuple that begins with it. Where a batch fails, all is as it was before.

    Source: Izmailov et al. 2018, section 3.1; torch.optim.swa_utils.update_bn.

    Example:
        >>> norm = BatchNorm1d(1)
        >>> update_bn([np.array([[0.0], [2.0]]), np.array([[4.0], [6.0]])], norm)
        >>> norm.running_mean.data.item()
        3.0
    """
    norms = [layer for _, layer in model.named_layers() if isinstance(layer, BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    training = [(layer, layer.training) for _, layer in model.named_layers()]
    statistics = [(buffer, buffer.data) for norm in norms for _, buffer in norm.named_buffers()]
    try:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
        model.train()
        for batch in loader:
            call(model, *flatten(batch[0] if isinstance(batch, (tuple, list)) else batch))
    except BaseException:
        for buffer, data in statistics:
            buffer.data = data
        raise
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for layer, was in training:
            layer.training = was
