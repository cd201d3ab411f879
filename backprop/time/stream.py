"""The batches of truncated backpropagation along a text: windows that overlap, of any length."""

import math
from collections.abc import Iterator

from ...data import ArrayDataset
from ...layers.core import Array, ValueRangeError
from ...training import CarriedLoss, Stream
from .overlapping import Overlapping, windows

__all__ = ["WindowStream"]


class WindowStream(Stream):
    """A text cut into ``batch_size`` streams, which are walked side by side in the windows of an ``Overlapping``.

    The samples of ``dataset`` are joined to one text; less than ``batch_size`` steps at its end are left out. A batch
    is a window and the state with which it begins, its targets those of the steps that have a loss.

    Shapes:
        x: ((batch_size, up to k2), states of shape (num_layers, batch_size, size))
        y: (batch_size, up to k1)

    Example:
        >>> from chainrule.backprop import Overlapping, WindowStream
        >>> from chainrule.models.zoo import char_rnn
        >>> from chainrule.data import text
        >>> passage = text("abcdefghijklmn", length=3)
        >>> network, loss = Overlapping(char_rnn(14, hidden=8), k1=2, k2=4), CarriedLoss(CrossEntropyLoss())
        >>> for (x, *state), y in WindowStream(passage, 2, loss, network):
        ...     value = loss.forward(network.forward(x, *state), y)
        ...     print(x[0].tolist(), y[0].tolist(), [each.shape for each in state])
        [0, 1] [1, 2] []
        [0, 1, 2, 3] [3, 4] [(1, 2, 8), (1, 2, 8)]
        [2, 3, 4, 5] [5, 6] [(1, 2, 8), (1, 2, 8)]
    """

    def __init__(self, dataset: ArrayDataset, batch_size: int | None, loss: CarriedLoss, network: Overlapping) -> None:
        super().__init__(dataset, batch_size, loss)
        self.network = network
        self.steps: int = dataset.x.size // self.batch_size
        if not self.steps:
            raise ValueRangeError(f"WindowStream expected a text of at least batch_size={self.batch_size} steps, got "
                                  f"{dataset.x.size}")

    def __len__(self) -> int:
        return math.ceil(self.steps / self.network.k1)

    def __iter__(self) -> Iterator[tuple[tuple[Array, ...], Array]]:
        stretches = self.stretches()
        x, y = (each[stretches] for each in self.streams())
        state: tuple[Array, ...] = ()
        for start, stop, counted in windows(self.steps, self.network.k1, self.network.k2):
            yield (x[:, start:stop], *state), y[:, stop - counted:stop]
            state = self.loss.state(stretches)

    def streams(self) -> tuple[Array, Array]:
        """Return x and y of all streams, (batch_size, steps)."""
        used = self.batch_size * self.steps
        x, y = (each.reshape(-1)[:used].reshape(self.batch_size, self.steps) for each in self.dataset[:][:2])
        return x, y
