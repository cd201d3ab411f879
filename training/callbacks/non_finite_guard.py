"""Stopping before a NaN reaches the weights."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.core import Array, NonFiniteError, default_rng, spans
from ..parallel.current import apart
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["NonFiniteGuard"]


class NonFiniteGuard(Callback):
    """End the fit when loss or gradient is not finite, before the update, and say in which layer that began.

    Every Trainer has one. It costs a look at the gradient per step; only when something is wrong the batch is run
    again, with the same random numbers, to find the first layer that gave a NaN or an infinity.

    Raises: NonFiniteError with the layer's name, and its address in the notes.
    """

    _gradients: Sequence[Array] = ()
    _batch: tuple[Any, Any] | None = None       # none in a step outside of a fit

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        parameters = [parameter for group in trainer.optimizer.param_groups for parameter in group["params"]]
        for parameter in parameters:
            _ = parameter.grad          # zero where an earlier fit left a NaN that was cleared since
        self._gradients = [span.grad for span in spans(parameters)]
        self._generators = [default_rng(vars(layer)["rng"]) for _, layer in trainer.model.named_layers()
                            if "rng" in vars(layer)]        # what draws keeps its rng, None for the package's own

    def on_batch_begin(self, trainer: "Trainer", x: Array, y: Array) -> None:
        self._batch = x, y
        self._start = self._states()

    def on_backward_end(self, trainer: "Trainer", loss: float) -> None:
        if math.isfinite(loss) and all(_is_finite(grad) for grad in self._gradients):
            return
        told = trainer.gather(self._origin(trainer))
        origin, *notes = next((each for each in told if each), ["layers and loss are finite when the batch runs again; "
                                                                "look at penalties and callbacks"])
        error = NonFiniteError(f"{'the gradient' if math.isfinite(loss) else 'the loss'} is not finite in epoch "
                               f"{trainer.epoch + 1}: {origin}; lower the learning rate, clip the gradient "
                               f"(ClipGradNorm), or look at the data")
        for note in notes:
            error.add_note(note)
        raise error

    def _origin(self, trainer: "Trainer") -> list[str]:
        """Return what was first not finite, and the notes that say where; nothing if that is not found here."""
        if self._batch is None:
            return ["check_step finds where it began"]
        now = self._states()
        self._rewind(self._start)
        try:
            with apart():       # each process looks at its own part of the batch
                trainer.find_non_finite(*self._batch)
        except NonFiniteError as error:
            return [str(error), *getattr(error, "__notes__", ())]
        finally:
            self._rewind(now)
        return []

    def _states(self) -> list[Any]:
        return [generator.bit_generator.state for generator in self._generators]

    def _rewind(self, states: list[Any]) -> None:
        for generator, state in zip(self._generators, states, strict=True):
            generator.bit_generator.state = state


def _is_finite(grad: Array) -> bool:
    # the product is one pass without memory; when the squares overflow, another look decides
    return math.isfinite(grad @ grad) or bool(np.isfinite(grad).all())
