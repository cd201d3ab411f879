"""GrowingBatches: the size of every epoch's batches, by its number alone, and the loader as it was afterwards."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import Linear
from chainrule.layers.core import ValueRangeError
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Callback, GrowingBatches, Trainer

x = np.ones((50, 2), np.float32)


class Sizes(Callback):
    """Notes the sizes of all batches."""

    def __init__(self):
        self.seen = []

    def on_batch_begin(self, trainer, x, y):
        self.seen.append((len(x), trainer.batches))


def fit(growing, epochs, loader=None):
    loader = loader or DataLoader(ArrayDataset(x, x[:, :1]), 4)
    model, sizes = Sequential(Linear(2, 1)), Sizes()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters()), callbacks=[growing, sizes])
    trainer.fit(loader, epochs)
    return trainer, loader, sizes.seen


def test_sizes_grow_by_the_factor_after_so_many_epochs_up_to_the_most():
    trainer, loader, seen = fit(GrowingBatches(1.5, epochs=2, most=13), 9)
    firsts = list(dict.fromkeys(seen))
    assert [each for each in firsts if each[0] in (4, 6, 9, 13)] == [(4, 13), (6, 9), (9, 6), (13, 4)]
    assert loader.batch_size == 4
    trainer.fit(loader, 1)
    assert trainer.callbacks[-1].seen[-4:][0] == (13, 4)      # it goes on with its tenth epoch


def test_they_end_at_the_whole_data_and_never_overflow():
    assert fit(GrowingBatches(1e9), 5)[2][-1] == (50, 1)


def test_only_a_loader_of_batches_can_grow():
    with pytest.raises(ValueRangeError, match="DataLoader with a batch_size, got list"):
        fit(GrowingBatches(), 1, [(x, x[:, :1])])
    with pytest.raises(ValueRangeError, match="of one batch"):
        fit(GrowingBatches(), 1, DataLoader(ArrayDataset(x, x[:, :1]), None))
    with pytest.raises(ValueRangeError, match="factor in"):
        GrowingBatches(1.0)
