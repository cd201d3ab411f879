"""The interpreter of pickles: what Python writes comes back, and nothing is ever found or run."""

import collections
import os
import pickle
import pickletools

import pytest

from chainrule.data import opcodes
from chainrule.data.opcodes import OpcodeError, read_opcodes

DEEP = []
for _ in range(2000):
    DEEP = [DEEP]
VALUES = [None, True, False, 0, 255, 256, 65535, 65536, -1, -2**31, 2**31, 2**70, -2**70, 1.5, float("inf"), "", "text",
          "ä𝄞", "x" * 300, [], [1, [2, "a"]], {}, {"a": 1, 2: [3]}, (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4),
          [[1] * 1500, {str(i): i for i in range(1500)}]]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_plain_values_come_back(value, protocol):
    assert read_opcodes(pickle.dumps(value, protocol), {}) == value


@pytest.mark.parametrize("protocol", [3, 4])
def test_bytes_come_back(protocol):
    assert read_opcodes(pickle.dumps([b"a", b"b" * 300], protocol), {}) == [b"a", b"b" * 300]


def test_strings_of_python_2_are_bytes():
    assert read_opcodes(b"\x80\x02}q\x00U\x04dataq\x01T\x03\x00\x00\x00abcs.", {}) == {b"data": b"abc"}


def test_one_object_in_two_places_is_one_object():
    shared = [1]
    found = read_opcodes(pickle.dumps([shared, shared], 2), {})
    assert found[0] is found[1]


def test_what_is_on_the_table_is_called_and_given_a_state():
    class Ordered(dict):
        def build(self, state):
            self.state = state

    value = collections.OrderedDict(a=1)
    value.extra = 5
    found = read_opcodes(pickle.dumps(value, 2), {"collections.OrderedDict": Ordered})
    assert found == {"a": 1} and found.state == {"extra": 5}


def test_objects_outside_are_asked_for():
    content = b"\x80\x02(X\x07\x00\x00\x00storageK\x03tQ."
    assert read_opcodes(content, {}, persistent=lambda key: ["found", *key]) == ["found", "storage", 3]
    with pytest.raises(OpcodeError, match="objects outside of it"):
        read_opcodes(content, {})


class Attack:
    def __reduce__(self):
        return os.system, ("exit 1",)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", [Attack(), print, os.system, eval, collections.deque([1]), object()],
                         ids=lambda value: type(value).__name__)
def test_no_name_is_looked_up_and_nothing_is_called(monkeypatch, value, protocol):
    content = pickle.dumps(value, protocol)
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("it ran"))
    with pytest.raises(OpcodeError):
        read_opcodes(content, {"collections.OrderedDict": dict})


def test_the_refused_name_is_said():
    with pytest.raises(OpcodeError, match=r"wants 'posix.system', which is refused: such a file may name "
                                          r"a.b; nothing was looked up or run"):
        read_opcodes(b"cposix\nsystem\n.", {"a.b": list})


@pytest.mark.parametrize(("content", "words"), [
    (b"", "cut off: it wants 1 bytes at byte 0 of 0"),
    (b"\x80", "cut off"),
    (b".", "empty stack"),
    (b"(.", "empty stack"),
    (b"T\xff\xff\xff\xffabc.", "wants 4294967295 bytes"),
    (b"\x8e" + b"\xff" * 8 + b".", "wants 18446744073709551615 bytes"),
    (b"K\x01e.", "lacks a mark"),
    (b"]K\x01b.", "gives a state to list"),
    (b"K\x01K\x02a.", "appends to int"),
    (b"]K\x01K\x02s.", "puts items into list"),
    (b"}(K\x01u.", "puts items into dict"),
    (b"}]K\x01s.", "a key that is neither text nor number"),
    (b"}))s.", "a key that is neither text nor number"),
    (b"K\x01)R.", "calls what is no function"),
    (b"h\x05.", "can not be read"),
    (b"X\x01\x00\x00\x00\xff.", "can not be read"),
    (b"c\xff\n", "can not be read"),
    (b"I1\n.", "opcode b'I' at byte 0"),
    (b"\x98.", "opcode"),
    (b"))\x93.", "which is refused"),
])
def test_damage_is_named(content, words):
    with pytest.raises(OpcodeError, match=words):
        read_opcodes(content, {})


def test_what_grows_by_doubling_neither_hangs_nor_fills_memory():
    twice = b"\x80\x02)" + b"q\x00h\x00\x86" * 200            # each the pair of the one before
    assert isinstance(read_opcodes(twice + b".", {}), tuple)
    for end in (b"q\x01}h\x01K\x01s.", b"q\x01h\x01\x93.", b"b.", b"R."):
        with pytest.raises(OpcodeError):
            read_opcodes(twice + end, {})


def test_depth_is_no_danger():
    assert isinstance(read_opcodes(b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".", {}), list)


def test_every_opcode_is_one_of_pickle():
    known = {code.code.encode("latin-1") for code in pickletools.opcodes}
    tables = [opcodes._CONSTANTS, opcodes._SCALARS, opcodes._BYTES, opcodes._PUTS, opcodes._GETS, opcodes._TUPLES,
              opcodes._ACTIONS]
    mine = [code for table in tables for code in table]
    assert set(mine) <= known and len(set(mine)) == len(mine)
