"""A training as it is planned: what can be looked at before anything is computed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ...data import ArrayDataset
from ...layers import Flatten, Identity, Reshape
from ...layers.core import Layer
from ...losses import Loss
from ...models import Graph, Sequential
from ...training import CarriedLoss, Trainer

__all__ = ["Plan", "last_layer", "neighbours"]


@dataclass(frozen=True)
class Plan:
    """A trainer, what it is to be trained on, and how long.

    Attributes:
        training:   the training samples
        batch_size: samples of a step
        epochs:     how often the samples are gone through
        held_out:   whether there are samples for validation or test
    """

    trainer: Trainer
    training: ArrayDataset
    batch_size: int
    epochs: int
    held_out: bool = True

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-len(self.training) // self.batch_size)

    @property
    def loss(self) -> Loss:
        """The loss of the scores alone, where the network returns a state too."""
        return self.trainer.loss.loss if isinstance(self.trainer.loss, CarriedLoss) else self.trainer.loss


def neighbours(model: Layer) -> Iterator[tuple[str, Layer, Layer]]:
    """Yield the path of every layer that a Sequential hands straight on to another, and the two layers."""
    for path, container in model.named_layers():
        if isinstance(container, Sequential):
            layers = [(f"{path}.{name}" if path else name, layer) for name, layer in container.children()]
            for (place, first), (_, second) in pairwise(layers):
                yield place, _end(first), _beginning(second)


def last_layer(model: Layer) -> Layer:
    """Return the layer that gives what the loss is given, past those that only shape it."""
    if isinstance(model, Graph) and len(model.outputs) == 1 and model.outputs[0] in model.nodes:
        return last_layer(model.nodes[model.outputs[0]])
    if isinstance(model, Sequential):
        layers = [layer for _, layer in model.children()
                  if not isinstance(layer, (Flatten, Identity, Reshape))]
        return last_layer(layers[-1]) if layers else model
    return model


def _end(layer: Layer) -> Layer:
    return _end([child for _, child in layer.children()][-1]) if _is_filled(layer) else layer


def _beginning(layer: Layer) -> Layer:
    return _beginning(next(child for _, child in layer.children())) if _is_filled(layer) else layer


def _is_filled(layer: Layer) -> bool:
    return isinstance(layer, Sequential) and any(True for _ in layer.children())
