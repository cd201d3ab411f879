"""Gradients added up over all processes, piece by piece, while the backward pass still makes the others."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Layer, Observer, Parameter, gather, members, observe
from .alone import Alone
from .buckets import Bucket, buckets_of
from .queued import Queued

__all__ = ["ALONE", "GradientExchange", "Whole"]


class Whole(NamedTuple):
    """The loss of a batch whose samples lie on several processes, what it divided by, and the share of it here."""

    loss: float
    divisor: float
    share: float


class GradientExchange(Observer):
    """Lets every process end a backward pass with the gradients of the whole batch.

    Inside the ``with`` block the passes for a batch run, of which each process has a part and makes its *share* of the
    gradient (``whole``). A bucket is sent as soon as the last backward call that can reach one of its parameters is
    done, one bucket after the other in an order that is the same everywhere; the last one at the end, for nothing is
    computed beside it. The block ends when all are there.

    A layer's calls are counted: as many back as forward, and its parameters are done, those shared with other layers
    when these are done, too. That is a guess for a layer that reaches parameters behind its back: in the first pass
    nothing is sent early, and a bucket that changes after it seemed done is then always sent at the end.

    Formula: grad = sum over the processes of share_r * grad_r, share_r = divisor_r / sum(divisor)

    Source: Li et al. 2020, "PyTorch distributed: experiences on accelerating data parallel training", section 3.2.
    """

    def __init__(self, layers: Iterable[Layer], parameters: Iterable[Parameter], communicator: Queued) -> None:
        self.communicator = communicator
        self._parameters: list[Parameter] = []
        self._buckets: list[Bucket] = []
        if self.size == 1:                  # a process that is alone has the gradients
            return
        self._parameters = list({id(each): each for each in parameters}.values())
        gather(self._parameters)
        self._buckets = buckets_of(self._parameters)
        self._place = {id(parameter): index for index, bucket in enumerate(self._buckets)
                       for parameter in bucket.parameters}
        self._owners: dict[int, list[int]] = defaultdict(list)      # layers by parameter
        self._own: dict[int, list[int]] = {}                        # parameters by layer
        for layer in layers:
            for _, each in layer.named_layers():
                self._own[id(each)] = [id(parameter) for _, parameter in members(each, Parameter)]
                for parameter in self._own[id(each)]:
                    self._owners[parameter].append(id(each))
        self._early: list[bool] | None = None       # which buckets keep their word; None before the first pass
        self._reset()

    @property
    def size(self) -> int:
        """How many processes there are."""
        return self.communicator.size

    def zero_grad(self) -> None:
        """Set the gradients that are exchanged to zero, also those that no optimiser moves: they would be added up
        again with every step."""
        for parameter in self._parameters:
            parameter.zero_grad()

    def whole(self, value: float, divisor: float, reduction: str) -> Whole:
        """Return the loss of a batch, given that of the samples here, what it divided by, and the loss's reduction."""
        if self.size == 1:
            return Whole(value, divisor, 1.0)
        found = np.zeros((self.size, 2))
        found[self.communicator.rank] = value, divisor
        self.communicator.all_reduce_(found)
        values, divisors = found.T
        if reduction == "sum":
            return Whole(float(values.sum()), 1.0, 1.0)
        total, counts = float(divisors.sum()), divisors != 0
        if not total:
            return Whole(float("nan"), 0.0, 0.0)
        return Whole(float(values[counts] @ (divisors[counts] / total)), total, divisor / total)

    def __enter__(self) -> None:
        self._watching = observe(self) if self._buckets else None
        if self._watching is not None:
            self._reset()
            self._watching.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._watching is None:
            return
        self._watching.__exit__(kind, error, trace)
        if error is None:
            self._finish()

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        self._open[id(layer)] += 1

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        self._open[id(layer)] -= 1
        for parameter in self._own.get(id(layer), ()):
            if not any(self._open[owner] for owner in self._owners[parameter]):
                self._awaited[self._place[parameter]].discard(parameter)
        while self._next < len(self._buckets) - 1 and not self._awaited[self._next]:
            bucket = self._buckets[self._next]
            if self._early is None:
                self._seen.append(_checksum(bucket))
            elif not self._early[self._next]:
                break
            elif _is_trained(bucket):
                self._sent.append(self.communicator.start(_gradient(bucket)))
            self._next += 1

    def _reset(self) -> None:
        self._open: Counter[int] = Counter()
        self._awaited = [{id(parameter) for parameter in bucket.parameters if parameter.requires_grad}
                         for bucket in self._buckets]
        self._next = 0
        self._seen: list[int] = []          # in the first pass, what buckets held when they seemed done
        self._sent: list[Future[None]] = []

    def _finish(self) -> None:
        if self._early is None:
            kept = np.zeros(len(self._buckets), np.int64)
            for index, (bucket, seen) in enumerate(zip(self._buckets, self._seen, strict=False)):
                kept[index] = _checksum(bucket) == seen
            self.communicator.all_reduce_(kept)
            self._early = (kept == self.size).tolist()
            self._next = 0
        for bucket in filter(_is_trained, self._buckets[self._next:]):
            self.communicator.all_reduce_(_gradient(bucket))
        for sent in self._sent:
            sent.result()
        self._agree()

    def _agree(self) -> None:
        """Let a parameter that a backward pass has reached anywhere be reached everywhere, and so its rows."""
        reached = np.array([[parameter.reached, parameter.reached and parameter.rows is None]
                            for parameter in self._parameters], np.int64)
        self.communicator.all_reduce_(reached)
        for parameter, (anywhere, whole) in zip(self._parameters, reached.astype(bool), strict=True):
            rows, parameter.reached = parameter.rows, bool(anywhere)
            parameter.rows = self._union(rows, len(parameter.data)) if anywhere and not whole else None

    def _union(self, rows: Array | None, count: int) -> Array:
        touched = np.zeros(count, np.int64)
        if rows is not None:
            touched[rows] = 1
        self.communicator.all_reduce_(touched)
        return np.flatnonzero(touched)


ALONE = GradientExchange((), (), Queued(Alone()))       # where there is nobody to exchange gradients with


def _is_trained(bucket: Bucket) -> bool:
    return any(parameter.requires_grad for parameter in bucket.parameters)


def _gradient(bucket: Bucket) -> Array:
    for parameter in bucket.parameters:
        _ = parameter.grad      # so that its memory holds it, zero where nothing was added
    return bucket.grad


def _checksum(bucket: Bucket) -> int:
    return zlib.crc32(_gradient(bucket).data)
