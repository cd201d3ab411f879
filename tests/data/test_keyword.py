"""The keyword: where the words lie, what they are, and what is refused."""

import numpy as np
import pytest

from chainrule.data import keyword
from chainrule.layers.core import ValueRangeError


def spans(dataset):
    """Return the first and last place of every word of a set without noise, and which samples have one."""
    heard = np.abs(dataset.x[:, 0]) > 0
    with_word = heard.any(axis=1)
    places = [np.flatnonzero(row) for row in heard[with_word]]
    return np.array([(place[0], place[-1]) for place in places]), with_word


def test_classes_come_in_turn_and_none_is_silence():
    dataset = keyword(10, noise=0.0, rng=np.random.default_rng(0))
    assert dataset.y.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    np.testing.assert_array_equal(spans(dataset)[1], dataset.y > 0)


@pytest.mark.parametrize(("starts", "firsts"), [
    (None, range(30)), ((0, 8), range(9)), ((20, 29), range(20, 30)), ((7, 7), [7])])
def test_words_begin_where_they_are_told_to_and_everywhere_there(starts, firsts):
    found, _ = spans(keyword(900, 41, 12, 0.0, starts, np.random.default_rng(0)))
    assert {*found[:, 0]} == {first + 1 for first in firsts}        # the first and the last value of a word are zero
    assert {*(found[:, 1] - found[:, 0])} == {9}


def test_one_word_is_the_other_backwards_and_its_frequency_rises():
    x, y = keyword(600, noise=0.0, word_length=32, rng=np.random.default_rng(0))[:]
    words = [row[np.flatnonzero(row)[0]:np.flatnonzero(row)[-1] + 1] for row in (x[y == 1][0, 0], x[y == 2][0, 0])]
    np.testing.assert_array_equal(words[0], words[1][::-1])
    crossings = np.flatnonzero(np.diff(np.sign(words[0])))
    assert len(crossings) == 5 and (np.diff(crossings) <= np.roll(np.diff(crossings), 1))[1:].all()


def test_noise_has_its_deviation_and_signals_differ():
    x = keyword(3000, noise=0.7, rng=np.random.default_rng(0)).x[::3]
    assert x.std() == pytest.approx(0.7, rel=0.02)
    assert len({row.tobytes() for row in x}) == 1000


@pytest.mark.parametrize(("options", "shown"), [
    ({"n_samples": 0}, "keyword expected n_samples as a whole number of at least 1, got 0"),
    ({"word_length": 1}, "keyword expected word_length as a whole number of at least 2, got 1"),
    ({"word_length": 65}, "keyword expected starts between 0 and -1, where a word of 65 fits into a signal of 64"),
    ({"starts": (3, 49)}, "keyword expected starts between 0 and 48, .*, got 3 to 49"),
    ({"starts": (5, 4)}, "got 5 to 4"),
    ({"noise": -1.0}, "keyword expected noise in"),
])
def test_what_makes_no_sense_is_refused(options, shown):
    with pytest.raises(ValueRangeError, match=shown):
        keyword(**options)
