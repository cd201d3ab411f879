"""Parameters and buffers: windows, copies, and what setting them means."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.layers.core import Buffer, Parameter, ShapeError, gather


def test_data_and_grad_are_float32_of_one_shape_and_are_written_in_place():
    parameter = Parameter(np.arange(6.0).reshape(2, 3))
    data, grad = parameter.data, parameter.grad
    parameter.data = np.ones((2, 3))
    parameter.grad += 2
    parameter.grad = parameter.grad * 2
    assert parameter.data is data and parameter.grad is grad
    assert data.dtype == grad.dtype == np.float32
    assert (data == 1).all() and (grad == 4).all()


def test_a_parameter_takes_a_copy_of_what_it_is_made_from():
    values = np.zeros(3, np.float32)
    parameter = Parameter(values)
    values[:] = 7
    assert (parameter.data == 0).all()


@pytest.mark.parametrize("name", ["data", "grad", "grad_dot"])
def test_another_shape_is_refused_even_where_it_would_broadcast(name):
    with pytest.raises(ShapeError, match=rf"expected {name} of shape \(2, 3\), got \(3,\)"):
        setattr(Parameter(np.zeros((2, 3))), name, np.zeros(3))


def test_reading_a_gradient_does_not_reach_a_parameter_and_adding_to_it_does():
    parameter = Parameter(np.zeros(3))
    assert parameter.grad.sum() == 0 and not parameter.reached
    parameter.grad += 1
    assert parameter.reached
    parameter.zero_grad()
    assert not parameter.reached and (parameter.grad == 0).all()


def test_zeroing_touches_only_the_named_rows():
    parameter = Parameter(np.zeros((4, 2)))
    parameter.grad += 1
    parameter.rows = np.array([1, 3])
    parameter.zero_grad()
    assert parameter.grad[:, 0].tolist() == [1, 0, 1, 0] and parameter.rows is None


def test_a_copy_of_a_stored_parameter_has_arrays_of_its_own():
    parameter, other = Parameter(np.ones(3)), Parameter(np.ones(2))
    gather([parameter, other])
    parameter.grad += 5
    copied = deepcopy(parameter)
    copied.data += 1
    copied.grad += 1
    assert copied.store is None and not np.shares_memory(copied.data, parameter.data)
    assert (parameter.data == 1).all() and (parameter.grad == 5).all() and (copied.grad == 6).all()


def test_astype_keeps_values_and_gradients_and_leaves_the_store():
    parameter = Parameter(np.array([0.5, 0.25]))
    gather([parameter])
    parameter.grad += 3
    parameter.astype(np.float64)
    assert parameter.store is None and parameter.dtype == np.float64
    assert parameter.data.tolist() == [0.5, 0.25] and parameter.grad.tolist() == [3, 3]


def test_assigning_a_buffer_leaves_the_old_array_alone():
    buffer = Buffer(np.zeros(3))
    old = buffer.data
    new = np.ones(3)
    buffer.assign(new)
    new[:] = 7
    assert (old == 0).all() and (buffer.data == 1).all() and buffer.data.dtype == np.float32
    with pytest.raises(ShapeError, match=r"Buffer expected a value of shape \(3,\), got \(2,\)"):
        buffer.assign(np.ones(2))


def test_counters_keep_their_dtype():
    counter = Buffer(0, dtype=np.int64)
    counter.astype(np.float64)
    assert counter.data.dtype == np.int64
