"""Replay: dropout draws the same mask, batch norm leaves no second trace."""

import numpy as np

from chainrule.layers import BatchNorm1d, Dropout, Linear
from chainrule.layers.core import Buffer, Layer, default_rng, manual_seed, replay, rewinding
from chainrule.models import Sequential


def test_dropout_repeats_its_mask_and_the_generators_go_on_undisturbed():
    own = np.random.default_rng(5)
    model = Sequential(Dropout(0.5), Dropout(0.5, rng=own))
    x = np.ones((40, 3), np.float32)
    manual_seed(1)
    again = replay(model)
    y = model.forward(x)
    after = default_rng().random(), own.random()
    manual_seed(1)
    model[1].rng.bit_generator.state = np.random.default_rng(5).bit_generator.state
    model.forward(x)
    np.testing.assert_array_equal(again(x), y)
    np.testing.assert_array_equal(again(x), y)
    assert (default_rng().random(), own.random()) == after


def test_batch_norm_is_counted_once():
    model = Sequential(Linear(3, 4), BatchNorm1d(4))
    x = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    again = replay(model)
    y = model.forward(x)
    state = model.state_dict()
    np.testing.assert_array_equal(again(x), y)
    assert all((state[name] == value).all() for name, value in model.state_dict().items())
    assert state["1.num_batches_tracked"] == 1


class PowerIteration(Layer):
    """Reads a buffer that it has just written, as spectral norm does."""

    def __init__(self):
        self.u = Buffer(np.ones(3))

    def forward(self, x):
        self.u.assign(x @ self.u.data / 2)
        self.cache = ()
        return self.u.data * 1


def test_a_layer_that_reads_what_it_wrote_repeats_exactly():
    layer = PowerIteration()
    x = np.arange(9, dtype=np.float32).reshape(3, 3)
    again = replay(layer)
    y = layer.forward(x)
    np.testing.assert_array_equal(again(x), y)
    np.testing.assert_array_equal(layer.u.data, y)


def test_the_cache_of_a_repetition_goes_back_like_the_first():
    layer = Dropout(0.5)
    x = np.ones((7, 5), np.float32)
    again = replay(layer)
    layer.forward(x)
    grad_x = layer.backward(x)
    layer.cache = None
    again(x)
    np.testing.assert_array_equal(layer.backward(x), grad_x)


def test_rewinding_puts_generators_and_buffers_back():
    model = Sequential(BatchNorm1d(3), Dropout(0.5))
    x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    rewind, mean = rewinding(model), model[0].running_mean.data
    y = model.forward(x)
    assert model[0].running_mean.data is not mean
    rewind()
    assert model[0].running_mean.data is mean
    np.testing.assert_array_equal(model.forward(x), y)


def test_a_repetition_runs_in_the_mode_of_the_first_run():
    model = Sequential(BatchNorm1d(3), Dropout(0.5))
    x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    again = replay(model)
    y = model.forward(x)
    model.eval()
    np.testing.assert_array_equal(again(x), y)
    assert not model.training and not model[0].training
