"""What every whole network offers beside the Layer contract, and what containers share."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..data import ArrayDataset, DataLoader
from ..layers.core import Array, DtypeError, Layer, check_size
from ..losses import Loss, Penalty
from ..optim import Optimizer, Schedule
from ..training import Callback, History, Metric, Progress, Trainer, evaluate, predict

__all__ = ["Model", "check_layers", "spread", "trains"]


class Model(Layer):
    """A whole network: a Layer that others are put into, and that trains, is judged and predicts on its own.

    Shapes:
        x: (N, ...), one row for each sample
        y: (N, ...), what the loss takes as target

    Raises: NonFiniteError for a NaN or an infinity in the data, or when training meets one; ShapeError for ``x`` and
    ``y`` of different lengths.

    Source: fit, evaluate and predict as in Keras, with the objects of this package.

    Example:
        >>> x_train, x_test, y_train, y_test = train_test_split(*digits(flat=True)[:], rng=np.random.default_rng(0))
        >>> model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
        >>> history = model.fit(x_train, y_train, loss=CrossEntropyLoss(), optimizer=Adam(model.parameters(), lr=0.01),
        ...                     epochs=20, validation_data=(x_test, y_test), verbose=0)
        >>> model.evaluate(x_test, y_test, loss=CrossEntropyLoss(), metrics=["accuracy"])["accuracy"] > 0.9
        True
        >>> model.predict(x_test).shape
        (450, 10)
    """

    def fit(self, x: Array, y: Array, *, loss: Loss, optimizer: Optimizer, epochs: int = 1,
            batch_size: int | None = 32, validation_data: tuple[Array, Array] | None = None, shuffle: bool = True,
            schedule: Schedule | None = None, penalties: Iterable[Penalty] = (),
            metrics: Iterable[str | Metric] = (), callbacks: Iterable[Callback] = (), verbose: int | bool = 1,
            rng: np.random.Generator | None = None, micro_batch_size: int | None = None) -> History:
        """Train on samples ``x`` with targets ``y`` and return the history, one row for each epoch.

        ``batch_size=None`` is full-batch descent, 1 single-example descent. ``rng`` shuffles; ``verbose`` prints every
        so many epochs, 0 never. The other arguments are those of ``Trainer``.
        """
        train = _checked(x, y)
        validation = None if validation_data is None else _checked(*validation_data)
        progress = [Progress(int(verbose))] if check_size(int(verbose), "verbose", "fit", least=0) else []
        trainer = Trainer(self, loss, optimizer, schedule=schedule, penalties=penalties, metrics=metrics,
                          callbacks=[*callbacks, *progress], micro_batch_size=micro_batch_size)
        return trainer.fit(DataLoader(train, batch_size, shuffle, rng=rng), epochs, validation)

    def evaluate(self, x: Array, y: Array, *, loss: Loss, metrics: Iterable[str | Metric] = (),
                 batch_size: int | None = 256) -> dict[str, Any]:
        """Return loss and metrics over all samples, in evaluation mode; ``batch_size`` decides about memory only."""
        return evaluate(self, loss, DataLoader(_checked(x, y), batch_size), metrics)

    def predict(self, x: Array, batch_size: int | None = 256) -> Array:
        """Return the output for every sample, in evaluation mode; ``batch_size`` decides about memory only."""
        return predict(self, x, batch_size)


def _checked(x: Array, y: Array) -> ArrayDataset:
    dataset = ArrayDataset(x, y)
    dataset.check_finite()
    return dataset


def check_layers(layers: Iterable[Any], owner: str) -> list[Layer]:
    """Return the layers as a list.

    Raises: DtypeError naming the first that is no Layer.
    """
    found: list[Layer] = []
    for index, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            fix = f"; write {layer.__name__}(…)" if isinstance(layer, type) and issubclass(layer, Layer) else ""
            raise DtypeError(f"{owner} expected a Layer in place {index + 1}, got {layer!r}{fix}")
        found.append(layer)
    return found


def spread(y: Any) -> tuple[Any, ...]:
    """Return several outputs, or the only one, as a tuple."""
    return tuple(y) if isinstance(y, (tuple, list)) else (y,)


def trains(layer: Layer) -> bool:
    """Return whether any parameter of the layer wants a gradient."""
    return any(parameter.requires_grad for parameter in layer.parameters())
