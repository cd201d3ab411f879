"""Whether the parts of an experiment fit together, found by shapes and targets before anything is computed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...layers.core import Array, ChainruleError, Layer, Shape, UnknownNameError, flatten
from ...training import Callback, Freeze, ScheduleRunner, evaluation_mode
from ..binding import Builder, Place
from .experiment import Experiment

__all__ = ["check_fit", "check_monitors", "shapes_of"]


def check_fit(experiment: Experiment, callbacks: Mapping[str, Callback], builder: Builder) -> None:
    """Hold network, data, loss, metrics and callbacks (by their paths in the config) against each other.

    Raises: ConfigError at the first that does not fit.
    """
    x, _ = experiment.first_samples(experiment.loader.batch_size or len(experiment.loader.dataset))
    shapes_of(experiment.model, _shapes(x), builder)
    with evaluation_mode(experiment.model):
        for part in experiment.parts().values():
            for x, target in experiment.batches(part):
                prediction = [np.zeros(shape, np.float32) for shape in shapes_of(experiment.model, _shapes(x), builder)]
                _judge(experiment, prediction[0] if len(prediction) == 1 else tuple(prediction), target, builder)
    check_monitors(experiment, callbacks, builder)


def check_monitors(experiment: Experiment, callbacks: Mapping[str, Callback], builder: Builder) -> None:
    """Hold the names of what callbacks (by their paths in the config) watch against what there will be to see.

    Raises: ConfigError at the first that watches what there is not.
    """
    for path, callback in callbacks.items():
        with builder.at(path):
            if isinstance(callback, Freeze):
                callback.check(experiment.model)
            _check_monitor(experiment, callback)
    with builder.at("training.checkpoints"):
        experiment.checkpoints.monitor(experiment.columns())


def shapes_of(model: Layer, x_shapes: tuple[Shape, ...], builder: Builder) -> tuple[Shape, ...]:
    """Return the shapes of what a network gives for inputs of these shapes.

    Raises: ConfigError at the layer that can not take what it is given.
    """
    try:
        return model.describe(*x_shapes).y_shapes
    except (ChainruleError, NotImplementedError, TypeError, ValueError) as error:
        place, layer, notes = _culprit(model, builder, getattr(error, "__notes__", []))
        what = str(error) if isinstance(error, (ChainruleError, NotImplementedError)) else \
            f"{layer.title} can not take what it is given: {error}; Concat, Add and Select make one of several"
        raise place.error("; ".join([what, *notes])) from error


def _shapes(x: Any) -> tuple[Shape, ...]:
    return tuple(array.shape for array in flatten(x))


def _culprit(model: Layer, builder: Builder, notes: list[str]) -> tuple[Place, Layer, list[str]]:
    """Return where the config names the layer that the notes of an error lead to, the layer, and the notes that lead
    on from there, into a network that a function made."""
    place, layer, inner = builder.places[model], model, list(notes)
    while inner:
        child = next((child for name, child in layer.children() if f"in {layer.place(name)}" == inner[-1]), None)
        if child is None or child not in builder.places:
            break
        place, layer = builder.places[child], child
        inner.pop()
    return place, layer, inner


def _judge(experiment: Experiment, prediction: Any, target: Array, builder: Builder) -> None:
    with builder.at("loss"):
        experiment.trainer.loss.forward(prediction, target)
    for index, metric in enumerate(experiment.trainer.metrics):
        with builder.at(f"metrics.{index}"):
            metric.statistics(prediction, target)


def _check_monitor(experiment: Experiment, callback: Callback) -> None:
    monitor = getattr(callback, "monitor", None)
    if monitor is None or (isinstance(callback, ScheduleRunner) and not callback.schedule.needs_metric):
        return
    columns = experiment.columns()
    if monitor not in columns:
        fix = "" if experiment.validation else "; val_… needs a validation_size in data"
        error = UnknownNameError.of(f"monitor of {type(callback).__name__}", monitor, columns)
        raise UnknownNameError(f"{error}{fix}")
