"""The names a config may use: what the rooms and plugins export, by the class that is wanted; no paths into Python.

To add a data source, a layer or a callback, export it from its room: a class, or a function whose annotation says what
it returns, has its name in every config from then on, with the arguments that it is annotated with.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from ... import data, layers, losses, models, optim, training
from ...backprop import (
    LearningRule,
    NetworkPenalty,
    Overlapping,
    Substituted,
    double,
    local,
    second_order,
    sparse,
    time,
)
from ...data import ArrayDataset, Transform
from ...layers import Elementwise, Gate, LinearMap, Parameter
from ...layers.core import Layer
from ...losses import ClassLoss, ElementwiseLoss, Loss, MSELoss, Penalty
from ...models import Graph, Model, Sequential, zoo
from ...optim import SGD, Optimizer, Schedule
from ...training import (
    METRICS,
    Callback,
    Checkpoints,
    History,
    JsonLines,
    LayerStatistics,
    Metric,
    NonFiniteGuard,
    Progress,
)

__all__ = ["KINDS", "Kind", "exports", "graph"]

_BASES = {Layer, Elementwise, Gate, LinearMap, Model, Loss, ClassLoss, ElementwiseLoss, Penalty, NetworkPenalty,
          LearningRule, Optimizer, Schedule, Callback, Transform}
_BUILT_IN = {Checkpoints, History, JsonLines, LayerStatistics, NonFiniteGuard, Progress,      # a run has these anyway
             Overlapping, Substituted}                                                       # training.bptt makes these


@dataclass(frozen=True)
class Kind:
    """What may stand where a config wants something of one class.

    Attributes:
        title:    what errors call it
        members:  classes, and functions that return an object of the class, by name
        several:  what a list of them means, if it means anything
        stand_in: arguments that only the program can give, so that a config can be tried without it; None: not tried
    """

    title: str
    members: dict[str, Callable[..., Any]]
    several: Callable[..., Any] | None = None
    stand_in: Callable[[], dict[str, Any]] | None = dict

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The arguments that the program gives, wherever such a thing is made."""
        return () if self.stand_in is None else tuple(self.stand_in())


def graph(inputs: list[str], nodes: dict[str, tuple[Layer, *tuple[str | list[str], ...]]], outputs: list[str],
          optional: list[str] | None = None) -> Graph:
    """Return a Graph; its annotations tell a config that a node is a layer and names, or lists, of what it reads."""
    return Graph(inputs, nodes, outputs, optional or [])


def exports(room: ModuleType, base: type) -> dict[str, Callable[..., Any]]:
    """Return what a room exports for making objects of class ``base``: its concrete classes, and functions."""
    found = {}
    for name in getattr(room, "__all__", None) or _own_names(room):
        thing = getattr(room, name)
        made = inspect.signature(thing, eval_str=True).return_annotation if inspect.isfunction(thing) else thing
        if inspect.isclass(made) and issubclass(made, base) and thing not in _BASES | _BUILT_IN:
            found[name] = thing
    return found


def _own_names(module: ModuleType) -> list[str]:
    return [name for name, thing in vars(module).items()
            if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__]


def _parameters() -> list[Parameter]:
    return [Parameter(np.zeros((1, 1)))]


def _optimizer() -> dict[str, Any]:
    return {"optimizer": SGD(_parameters())}


def _penalized() -> dict[str, Any]:
    return {"parameters": _parameters(), "model": Sequential(), "loss": MSELoss()}


KINDS: dict[type, Kind] = {
    ArrayDataset: Kind("data set", exports(data, ArrayDataset), stand_in=None),
    Transform: Kind("augmentation", {name: transform for name, transform in exports(data, Transform).items()
                                     if getattr(transform, "random", False)}),
    Layer: Kind("layer", exports(layers, Layer) | exports(models, Layer) | exports(zoo, Layer) | exports(sparse, Layer)
                | exports(time, Layer) | exports(local, LearningRule) | {"Graph": graph}, several=Sequential),
    Loss: Kind("loss", exports(losses, Loss)),
    Penalty: Kind("penalty", exports(losses, Penalty) | exports(double, Penalty), stand_in=_penalized),
    Optimizer: Kind("optimizer", exports(optim, Optimizer) | exports(second_order, Optimizer),
                    stand_in=lambda: {"params": _parameters()}),
    Schedule: Kind("schedule", exports(optim, Schedule), stand_in=_optimizer),
    Metric: Kind("metric", dict(METRICS)),
    Callback: Kind("callback", exports(training, Callback), stand_in=_optimizer),
}
