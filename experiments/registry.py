"""The names a config may use: what the rooms export, by the class that is wanted; never a path into Python."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from .. import data, layers, losses, models, optim, training
from ..data import ArrayDataset
from ..layers import Elementwise, Gate, LinearMap, Parameter
from ..layers.core import Layer
from ..losses import ClassLoss, ElementwiseLoss, Loss, Penalty
from ..models import Graph, Model, Sequential, zoo
from ..optim import SGD, Optimizer, Schedule
from ..training import METRICS, Callback, History, JsonLines, Metric, NonFiniteGuard, Progress

__all__ = ["KINDS", "Kind", "graph"]

_BASES = {Layer, Elementwise, Gate, LinearMap, Model, Loss, ClassLoss, ElementwiseLoss, Penalty, Optimizer, Schedule,
          Callback}
_BUILT_IN = {History, JsonLines, NonFiniteGuard, Progress}      # a run has these callbacks anyway


@dataclass(frozen=True)
class Kind:
    """What may stand where a config wants something of one class.

    Attributes:
        title:    what errors call it
        members:  classes, and functions that return an object of the class, by name
        several:  what a list of them means, if it means anything
        stand_in: arguments that only the program can give, so that a config can be tried without it
    """

    title: str
    members: Mapping[str, Callable[..., Any]]
    several: Callable[..., Any] | None = None
    stand_in: Callable[[], dict[str, Any]] = field(default=dict)


def graph(inputs: list[str], nodes: dict[str, tuple[Layer, *tuple[str | list[str], ...]]], outputs: list[str],
          optional: list[str] | None = None) -> Graph:
    """Return a Graph; its annotations tell a config that a node is a layer and names, or lists, of what it reads."""
    return Graph(inputs, nodes, outputs, optional or [])


def _exports(room: ModuleType, base: type) -> dict[str, Callable[..., Any]]:
    """Return what a room exports for making objects of class ``base``: its concrete classes, and functions."""
    found = {}
    for name in room.__all__:
        thing = getattr(room, name)
        made = thing if inspect.isclass(thing) else getattr(thing, "__annotations__", {}).get("return")
        if inspect.isclass(made) and issubclass(made, base) and thing not in _BASES | _BUILT_IN:
            found[name] = thing
    return found


def _parameters() -> list[Parameter]:
    return [Parameter(np.zeros((1, 1)))]


def _optimizer() -> dict[str, Any]:
    return {"optimizer": SGD(_parameters())}


KINDS: dict[type, Kind] = {
    ArrayDataset: Kind("data set", _exports(data, ArrayDataset)),
    Layer: Kind("layer", _exports(layers, Layer) | _exports(models, Layer) | _exports(zoo, Layer) | {"Graph": graph},
                several=Sequential),
    Loss: Kind("loss", _exports(losses, Loss)),
    Penalty: Kind("penalty", _exports(losses, Penalty), stand_in=lambda: {"parameters": _parameters()}),
    Optimizer: Kind("optimizer", _exports(optim, Optimizer), stand_in=lambda: {"params": _parameters()}),
    Schedule: Kind("schedule", _exports(optim, Schedule), stand_in=_optimizer),
    Metric: Kind("metric", METRICS),
    Callback: Kind("callback", _exports(training, Callback), stand_in=_optimizer),
}
