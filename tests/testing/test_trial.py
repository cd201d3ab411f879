"""The ground on which checks stand: inputs drawn, cut and rearranged, layers copied, runs repeated."""

import numpy as np

from chainrule.layers import Buffer, Dropout, Layer, Linear, Select
from chainrule.testing.trial import Trial, as_float, draw, first_of_batch, rebuilt, strided

rng = np.random.default_rng(0)


def test_shapes_are_drawn_arrays_copied_and_nesting_kept():
    indices = np.array([2, 0])
    first, (second, number), third, nothing = draw(((3, 2), ((4,), ()), indices, None), rng)
    assert (first.shape, second.shape, number.shape, nothing) == ((3, 2), (4,), (), None)
    assert third is not indices
    np.testing.assert_array_equal(third, indices)
    assert draw((np.int64(3), 2), rng).shape == (3, 2)


def test_floats_change_dtype_and_indices_do_not():
    single, index = as_float((np.ones(2), np.array([1])), np.float32)
    assert (single.dtype, index.dtype) == (np.float32, np.int64)


def test_rebuilding_follows_the_nesting():
    assert rebuilt((0, (0, 0)), [1, 2, 3]) == (1, (2, 3))


def test_first_of_batch_cuts_what_has_the_batch_size():
    x = (np.ones((4, 3)), (np.arange(4), np.ones(3)))
    first, (index, other) = first_of_batch(x, 0)
    assert (first.shape, index.shape, other.shape) == ((1, 3), (1,), (3,))
    assert first_of_batch((np.ones((2, 4, 3)),), 1)[0].shape == (2, 1, 3)
    assert first_of_batch((np.ones((1, 3)),), 0) is None
    assert first_of_batch((np.ones((4, 3)),), None) is None
    assert first_of_batch((np.float64(1),), 0) is None


def test_strided_arrays_have_the_values_and_no_contiguous_memory():
    for shape in ((3, 4, 2), (5,), (2, 3)):
        x = rng.normal(size=shape)
        other = strided(x)
        np.testing.assert_array_equal(other, x)
        assert not other.flags.c_contiguous
        assert not other.flags.f_contiguous


def test_the_layer_itself_is_left_alone():
    layer = Linear(3, 2)
    before = layer.state_dict()
    trial = Trial(layer, (rng.normal(size=(4, 3)),))
    trial.run()
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
        assert value.dtype == np.float32
    assert layer.cache is None
    assert not layer.weight.reached


def test_parameters_are_moved_off_their_initial_values():
    class Scale(Layer):
        def __init__(self):
            self.linear = Linear(3, 3)
            self.linear.weight.data = np.ones((3, 3))

        def forward(self, x):
            self.cache = ()
            return self.linear.forward(x)
    assert (Trial(Scale(), (np.ones((2, 3)),)).layer.linear.weight.data != 1).all()


def test_statistics_have_run_once():
    class Running(Layer):
        def __init__(self):
            self.mean = Buffer(np.zeros(3))

        def forward(self, x):
            self.cache = ()
            if self.training:
                self.mean.assign(x.mean(axis=0))
            return x - self.mean.data
    for training in (True, False):
        trial = Trial(Running(), (rng.normal(size=(4, 3)),), training=training)
        assert trial.layer.mean.data.all()
        assert trial.layer.training is training


def test_runs_repeat_bit_for_bit_with_own_and_common_generators():
    for layer in (Dropout(0.5), Dropout(0.5, rng=np.random.default_rng(3))):
        trial = Trial(layer, (np.ones((9, 7)),))
        np.testing.assert_array_equal(trial.run().y[0], trial.run().y[0])
        np.testing.assert_array_equal(trial.run().y[0], trial.run(trial.fresh()).y[0])


def test_other_data_are_the_same_values_in_another_order():
    x, index = rng.normal(size=(4, 3)), np.array([3, 1])
    trial = Trial(Select(0), (x, index))
    assert (trial.other_x[0] != x).any()
    np.testing.assert_array_equal(np.sort(trial.other_x[0].ravel()), np.sort(x.ravel()))
    np.testing.assert_array_equal(trial.other_x[1], index)


def test_outcomes_differ_by_name():
    trial = Trial(Linear(3, 2), (rng.normal(size=(4, 3)),))
    one, other = trial.run(), trial.run()
    other.grads["bias"][1] += 1
    assert not list(one.differences(one, "again"))
    (sentence,) = one.differences(other, "again")
    assert sentence.startswith("bias.grad again: 1 of 2 values differ, first at index [1]")
