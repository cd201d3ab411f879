"""The windows of a text: every step once as a target, whatever the samples' length, and the state between them."""

import numpy as np
import pytest

from chainrule.backprop.time import Overlapping, WindowStream
from chainrule.data import text
from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.training import CarriedLoss


@pytest.mark.parametrize(("k1", "k2"), [(4, 4), (3, 8), (5, 40), (100, 100)])
def test_every_step_is_a_target_once_and_follows_its_window(k1, k2):
    passage = text("the cat sat on the mat and the dog sat on the log", length=4)
    loss, network = CarriedLoss(CrossEntropyLoss()), Overlapping(char_rnn(20, hidden=3), k1, k2)
    stream = WindowStream(passage, 3, loss, network)
    targets, batches = [], 0
    for (x, *state), y in stream:
        loss.forward(network.forward(x, *state), y)
        np.testing.assert_array_equal(x[:, 1:][:, -y.shape[1] + 1:], y[:, :-1][:, -x.shape[1] + 1:])
        assert x.shape[1] <= k2 and y.shape[1] <= k1 and (batches > 0) == bool(state)
        targets.append(y)
        batches += 1
    whole = passage.y.reshape(-1)[:3 * stream.steps].reshape(3, -1)
    np.testing.assert_array_equal(np.concatenate(targets, 1), whole)
    assert batches == len(stream)


def test_a_text_shorter_than_the_batch_is_refused():
    network = Overlapping(char_rnn(20, hidden=3), 2)
    with pytest.raises(ValueRangeError, match="at least batch_size=50 steps, got 4"):
        WindowStream(text("hello", length=4), 50, CarriedLoss(CrossEntropyLoss()), network)
