"""The reach of a trainer's gradient, found anew before every epoch."""

import pytest

import chainrule
from chainrule.backprop.time import AdaptiveTruncation, Overlapping, WindowStream
from chainrule.data import DataLoader, text
from chainrule.layers.core import StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import Adam
from chainrule.training import CarriedLoss, Trainer


@pytest.fixture
def make():
    def made(*arguments, **options):
        chainrule.manual_seed(0)
        network, loss = Overlapping(char_rnn(9, hidden=6), 50), CarriedLoss(CrossEntropyLoss())
        stream = WindowStream(text("the cat sat " * 40, length=8), 4, loss, network)
        adaptive = AdaptiveTruncation(*arguments, **options)
        return Trainer(network, loss, Adam(network.parameters(), lr=0.02), callbacks=[adaptive]), stream, adaptive
    return made


def test_a_smaller_bias_reaches_further(make):
    found = []
    for tolerance in (0.9, 0.1):
        trainer, stream, adaptive = make(tolerance, lags=20)
        row = trainer.fit(stream, epochs=1)[0]
        assert row["k1"] == adaptive.k1 == stream.network.k1 and stream.network.k2 == 2 * adaptive.k1 - 1
        found.append(adaptive.k1)
    assert 2 <= found[0] < found[1] <= 20


def test_it_goes_on_amid_an_epoch_with_what_was_found(make):
    trainer, stream, adaptive = make(0.5, lags=20)
    trainer.fit(stream, epochs=2)
    found = adaptive.state_dict()
    again, other, resumed = make(0.5, lags=20)
    resumed.load_state_dict(found)
    again.source, again.batch = other, 3
    resumed.on_epoch_begin(again)
    assert other.network.k1 == found["k1"] and again.batches == len(other)


def test_what_does_not_suit_is_refused(make):
    trainer, stream, adaptive = make(0.5, lags=200)
    with pytest.raises(ValueRangeError, match="streams of at least burn_in"):
        adaptive.check(stream)
    with pytest.raises(StateError, match="batches of a WindowStream, got DataLoader"):
        trainer.fit(DataLoader(stream.dataset, 4))
