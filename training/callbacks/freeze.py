"""Keeping layers as they are, for good or for the first epochs."""

from typing import TYPE_CHECKING

from ...layers.batch_norm import BatchNorm
from ...layers.core import Layer, Parameter, Size, StateError, check_size
from ..layer_names import check_pattern, matches
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["Freeze"]


class Freeze(Callback):
    """Keep the layers that ``layers`` names as they are; with ``epochs`` until so many are done, then train them too.

    A name is that of a layer or parameter, as in ``parameter_groups``: "0", "encoder.*". The gradient flows through
    frozen layers, and costs no work for their parameters. Their batch norms judge by the statistics they have, and do
    not go on counting. After the fit everything may be trained as before.

    Raises: UnknownNameError for a name that fits nothing, StateError where nothing is left to train.

    Source: Howard & Ruder 2018, section 3.3 (gradual unfreezing: one Freeze for each part).

    Example:
        >>> x, model = np.ones((4, 2), np.float32), Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
        >>> before = model[0].weight.data.copy()
        >>> history = model.fit(x, x[:, :1], loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=3,
        ...                     callbacks=[Freeze(["0"])], verbose=0)
        >>> bool((model[0].weight.data == before).all()), model[0].weight.requires_grad
        (True, True)
    """

    def __init__(self, layers: list[str] | str, epochs: Size | None = None) -> None:
        self.layers = [layers] if isinstance(layers, str) else list(layers)
        self.epochs = None if epochs is None else check_size(epochs, "epochs", "Freeze")
        self._frozen: list[Parameter] = []
        self._norms: list[BatchNorm] = []

    def check(self, model: Layer) -> None:
        """Raise UnknownNameError for a name that fits nothing in a model."""
        for pattern in self.layers:
            check_pattern(pattern, model, "Freeze")

    def on_fit_begin(self, trainer: "Trainer") -> None:
        self.check(trainer.model)
        self._frozen = [parameter for name, parameter in trainer.model.named_parameters()
                        if self._names(name) and parameter.requires_grad]
        self._norms = [layer for path, layer in trainer.model.named_layers()
                       if isinstance(layer, BatchNorm) and self._names(path) and layer.training]
        if self.epochs is not None and trainer.epoch >= self.epochs:
            self._frozen, self._norms = [], []
        for parameter in self._frozen:
            parameter.requires_grad = False
        for norm in self._norms:
            norm.training = False
        if not any(parameter.requires_grad for parameter in trainer.model.parameters()):
            self._thaw()
            raise StateError(f"Freeze expected to leave something to train, got all parameters in "
                             f"{', '.join(map(repr, self.layers))}")

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        if self.epochs is not None and trainer.epoch >= self.epochs:
            self._thaw()

    def on_fit_end(self, trainer: "Trainer") -> None:
        self._thaw()

    def _names(self, path: str) -> bool:
        return any(matches(path, pattern) for pattern in self.layers)

    def _thaw(self) -> None:
        for parameter in self._frozen:
            parameter.requires_grad = True
        for norm in self._norms:
            norm.training = True
        self._frozen, self._norms = [], []
