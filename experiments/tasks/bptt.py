"""``training.bptt:`` in a config: how far, and in how much memory, the gradient goes back through time."""

from dataclasses import dataclass

from ...backprop import AdaptiveTruncation, CheckpointedLayer, Overlapping, Substituted, TruncatedLayer, WindowStream
from ...layers.core import Layer, Share, Size, ValueRangeError, check_range, check_size
from ...layers.recurrent.sequence import RNNBase
from ...training import Stream
from .experiment import Experiment

__all__ = ["BPTT"]


@dataclass(frozen=True, kw_only=True)
class BPTT:
    """``training.bptt:`` how the gradient of a recurrent network goes back through time; nothing: through every batch.

    Attributes:
        k1:    in a text, steps from update to update; nothing (null): as many as the data set's samples have
        k2:    steps that a gradient goes back; nothing (null): k1, and in sequences of their own all
        delta: in a text, choose k1 and k2 before every epoch, for this relative bias of the gradient at most
        lags:  how many steps back delta looks, and k1 may reach; nothing (null): 100
        slots: states that a recurrent layer keeps of a sequence; the steps between run again
    """

    k1: Size | None = None
    k2: Size | None = None
    delta: Share | None = None
    lags: Size | None = None
    slots: Size | None = None

    def __post_init__(self) -> None:
        for name, least in (("k1", 1), ("k2", 1), ("lags", 2), ("slots", 1)):
            if getattr(self, name) is not None:
                check_size(getattr(self, name), name, "bptt", least)
        if self.delta is None and self.lags is not None:
            raise ValueRangeError("bptt expected lags with delta alone, which looks so far back; leave lags out")
        if self.delta is not None:
            check_range(self.delta, 0, 1, name="delta", owner="bptt", open_low=True)
            if self.k1 is not None or self.k2 is not None:
                raise ValueRangeError("bptt expected k1 and k2, or delta, which chooses them, got both; leave one out")

    @property
    def full(self) -> bool:
        """Whether the gradient goes back through every batch, all of which is kept."""
        return self.k1 is self.k2 is self.delta is self.slots is None

    def apply(self, experiment: Experiment) -> None:
        """Let the network of an experiment train in this way.

        Raises: ValueRangeError for a network that has nothing to go back through, or that can not do so in this way.
        """
        trainer, network, loader = experiment.trainer, experiment.model, experiment.loader
        recurrent = [layer for _, layer in network.named_layers() if isinstance(layer, RNNBase)]
        carried = isinstance(loader, Stream)
        if not recurrent and (self.slots or not carried):
            raise ValueRangeError("training expected a network with a recurrent layer, RNN, LSTM or GRU, for bptt, got "
                                  "one without; leave bptt out")
        if not carried and (self.k1 or self.delta):
            raise ValueRangeError(f"bptt expected no {'k1' if self.k1 else 'delta'} where every sample is a sequence "
                                  f"of its own, with one update for all of it; k2 cuts its gradient off, slots saves "
                                  f"memory")
        if self.slots or (self.k2 and not carried):
            network = Substituted(network, {layer: self._stand_in(layer, cut=not carried) for layer in recurrent})
            network.describe(*((1, *shape) for shape in experiment.input_shapes()))
        if isinstance(loader, Stream) and (self.k1 or self.k2 or self.delta):
            windowed = Overlapping(network, *self._reach(loader.dataset.x.shape[1]))
            network = windowed
            experiment.loader = stream = WindowStream(loader.dataset, loader.batch_size, loader.loss, windowed)
            if self.delta:
                adaptive = AdaptiveTruncation(self.delta, self.lags or 100)
                adaptive.check(stream)
                trainer.callbacks.append(adaptive)
        trainer.model = network

    def _stand_in(self, layer: Layer, cut: bool) -> Layer:
        made = layer if self.slots is None else CheckpointedLayer(layer, self.slots)
        return TruncatedLayer(made, self.k2) if cut and self.k2 else made

    def _reach(self, length: int) -> tuple[int, int]:
        """Return k1 and k2 for a text whose samples have so many steps."""
        k1 = self.k1 or length
        if self.k2 is not None and self.k2 < k1:
            raise ValueRangeError(f"bptt expected k2 of at least k1={k1}, so that every step is learned from, got "
                                  f"{self.k2}; lower k1")
        return k1, self.k2 or k1
