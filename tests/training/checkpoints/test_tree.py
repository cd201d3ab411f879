"""A state as text and arrays, and back, to the last bit."""


import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from chainrule.layers.core import DtypeError
from chainrule.training.checkpoints.tree import join_state, split_state

NUMBERS = st.one_of(st.none(), st.booleans(), st.integers(-2**200, 2**200), st.floats(), st.text(),
                    st.floats(width=32).map(np.float32), st.integers(0, 200).map(np.uint8))
ARRAYS = hnp.arrays(st.sampled_from([np.float16, np.float32, np.float64, np.int64, np.bool_, np.dtype(">f4")]),
                    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
STATES = st.recursive(st.one_of(NUMBERS, ARRAYS), lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple), st.dictionaries(st.text(), inner, max_size=3),
    st.dictionaries(st.integers(-9, 9), inner, max_size=3)), max_leaves=8)


def same(a, b):
    if isinstance(a, (np.ndarray, np.generic)):
        return type(a) is type(b) and a.dtype.newbyteorder("=") == b.dtype and a.shape == b.shape and (
            np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    if isinstance(a, float):
        return type(b) is float and ((a != a and b != b) or np.array(a).tobytes() == np.array(b).tobytes())
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@given(STATES)
def test_what_comes_back_is_what_went_in(state):
    assert same(state, join_state(*split_state(state)))


def test_strided_arrays_come_back_too():
    array = np.arange(24.0).reshape(4, 6)[::2, ::-1].T
    assert same(array, join_state(*split_state(array)))


def test_names_that_look_alike_are_kept_apart():
    state = {"a": {"b": np.zeros(1)}, "a.b": np.ones(2)}
    assert same(state, join_state(*split_state(state)))


@pytest.mark.parametrize("thing", [object(), {1: 2, "a": 3}, {(1, 2): 3}, np.array(["a"]), np.array([object()]),
                                   np.complex128(1), {1, 2}, b"bytes", lambda: None])
def test_what_is_no_number_text_or_array_is_refused(thing):
    with pytest.raises(DtypeError, match=r"callbacks.0 is"):
        split_state({"callbacks": [thing]})


@pytest.mark.parametrize("text", [
    '{"dict": {}, "tuple": []}', "{}", '{"class": "os.system"}', '{"dict": []}', '{"float": "1e400"}', "[",
    '{"tuple": 1}', '{"numbered": [["a", 1]]}', '{"numbered": [1]}', '{"array": "b"}', '{"scalar": "a"}',
    '{"array": ["a"]}', "[" * 10**5])
def test_what_was_not_made_so_is_refused(text):
    with pytest.raises((ValueError, KeyError, TypeError, RecursionError)):
        join_state(text, {"a": np.zeros(2)})
