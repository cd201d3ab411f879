"""Texts: encoded and back, windows that follow on from each other, and nothing both learned and judged."""

import sys

import numpy as np
import pytest

from chainrule.data import ArrayDataset, Characters, alice, text, text_file
from chainrule.layers.core import DtypeError, ValueRangeError


def test_every_text_comes_back():
    passage = "naïve – “quoted” 𝄞\n\ttext"
    vocabulary = Characters(passage)
    assert vocabulary.decode(vocabulary.encode(passage)) == passage
    assert vocabulary.characters == "".join(sorted(set(passage)))
    assert len(vocabulary) == len(set(passage))


def test_numbers_are_places_in_the_sorted_alphabet():
    assert Characters("cab").encode("abc").tolist() == [0, 1, 2]


@pytest.mark.parametrize("wrong", ["a", "z", "mé"])
def test_an_unknown_character_is_named(wrong):
    with pytest.raises(ValueRangeError, match=f"expected a text of its 3 characters, got '{wrong[-1]}' at "):
        Characters("mno").encode(wrong)


def test_a_vocabulary_needs_a_character():
    with pytest.raises(ValueRangeError, match="at least one character, got none"):
        Characters("")


@pytest.mark.parametrize(("length", "characters"), [(3, 10), (3, 11), (5, 23), (1, 2)])
def test_windows_follow_on_and_targets_are_one_ahead(length, characters):
    passage = "".join(chr(97 + place) for place in range(characters))
    made = text(passage, length)
    assert made.characters.decode(made.x.ravel()) == passage[:made.x.size]
    assert made.characters.decode(made.y.ravel()) == passage[1:made.x.size + 1]
    assert characters - 1 - made.x.size < length


def test_a_text_shorter_than_a_window_is_refused():
    with pytest.raises(ValueRangeError, match="expected more than length=5 characters, got 5"):
        text("hello", 5)


@pytest.mark.parametrize("test_size", [0.3, 7])
def test_the_tail_is_held_out_in_one_piece(test_size):
    passage = text("".join(map(chr, range(100, 200))), 4)           # every character once
    training, held_out = passage.split(test_size, rng=np.random.default_rng(0))
    count = 7 if test_size == 7 else int(np.ceil(0.3 * len(passage)))
    assert len(held_out) == count and len(training) + count == len(passage)
    assert not set(training.y.ravel()) & set(held_out.y.ravel())
    assert training.y.max() < held_out.y.min()
    assert held_out.characters is passage.characters


def test_a_split_leaves_windows_in_both_parts():
    with pytest.raises(ValueRangeError, match="leave windows in both parts, got 3 of 3 windows"):
        text("abcdefg", 2).split(3)


def test_alice_is_whole_and_plain():
    book = alice(length=50)
    words = book.characters.decode(book.x.ravel())
    assert words.lstrip().startswith("ALICE'S ADVENTURES IN WONDERLAND\n")
    assert "Down the Rabbit-Hole" in words and "remembering her own child-life" in words
    assert len(book.characters) == 70
    assert not any(word in words.lower() for word in ("gutenberg", "edition 2.9", "\r", "\x1a"))
    assert isinstance(book, ArrayDataset)


def test_a_file_is_read_as_it_stands(tmp_path):
    (tmp_path / "my.txt").write_text("äbc äbc äbc", encoding="utf-8")
    passage = text_file(tmp_path / "my.txt", length=3)
    assert passage.characters.characters == " bcä"


def test_files_that_can_not_be_used_are_named(tmp_path):
    with pytest.raises(ValueRangeError, match=r"path of a file that can be read, got .*none.txt: No such file"):
        text_file(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes("na\xefve text".encode("latin-1"))
    with pytest.raises(DtypeError, match=r"a text in UTF-8, got .*latin.txt, whose byte 2 is not"):
        text_file(tmp_path / "latin.txt")


def test_a_file_has_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[text.__module__], "LARGEST", 10)
    (tmp_path / "large.txt").write_text("a long text")
    with pytest.raises(ValueRangeError, match="path of a file of at most"):
        text_file(tmp_path / "large.txt")
