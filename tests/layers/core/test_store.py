"""Stores: parameters move in once, and spans address them wherever they lie."""

import numpy as np

from chainrule.layers.core import Parameter, gather, spans


def make(*sizes):
    return [Parameter(np.full(size, float(index))) for index, size in enumerate(sizes)]


def test_parameters_lie_one_after_the_other_and_keep_values_and_gradients():
    a, b = make(3, (2, 2))
    b.grad += 5
    gather([a, b])
    (span,) = spans([a, b])
    assert span.data.tolist() == [0, 0, 0, 1, 1, 1, 1] and span.grad.tolist() == [0, 0, 0, 5, 5, 5, 5]
    span.data[:] = 9
    assert (a.data == 9).all() and b.data.shape == (2, 2) and (b.data == 9).all()
    a.grad += 1
    assert span.grad[:3].tolist() == [1, 1, 1]


def test_a_second_gathering_never_moves_memory():
    a, b, c = make(3, 2, 4)
    gather([a, b])
    window = a.data
    gather([c, a])
    assert a.data is window and a.store is b.store and c.store is not a.store
    assert [(span.start, span.stop, len(span.parameters)) for span in spans([a, b, c])] == [(0, 5, 2), (0, 4, 1)]


def test_spans_join_what_is_adjacent_whatever_the_order_and_nothing_else():
    a, b, c, d = make(3, 2, 4, 1)
    gather([a, b, c, d])
    assert [(span.start, span.stop) for span in spans([d, b, a])] == [(0, 5), (9, 10)]


def test_dtypes_live_apart_and_a_parameter_given_twice_moves_in_once():
    a, b = make(3, 2)
    b.astype(np.float64)
    gather([a, b, a])
    assert a.store is not b.store and a.store.data.size == 3 and b.store.data.dtype == np.float64
