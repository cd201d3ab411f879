"""Arrays from strangers: what is one comes back as it was, all else is refused without being worked on."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from chainrule.course.worker.inside import UnreadableError, read_message, write_message
from chainrule.course.worker.inside.packing import pack, unpack


@pytest.mark.parametrize("array", [
    np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.array(3), np.zeros((3, 0)),
    np.array(["text", "ü"]), np.array(""), np.array([True]), np.array([1 + 2j]), np.arange(4, dtype=">i2"),
    np.arange(10)[::3], np.array([np.nan, np.inf]),
], ids=str)
def test_an_array_comes_back(array):
    (again,) = unpack(pack({"a/b": array})).values()
    np.testing.assert_array_equal(again, array)
    assert again.dtype == array.dtype and again.shape == array.shape


def member(descr, shape, content, name="a.npy", how=zipfile.ZIP_STORED):
    header, file = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": descr, "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(file, "w", how) as archive:
        archive.writestr(name, header.getvalue() + content)
    return file.getvalue()


@pytest.mark.parametrize("data", [
    b"", b"PK\5\6" + bytes(18) + b"x", b"\x80\x04K\x01.",
    member("<f8", (2 ** 40,), bytes(8)), member("<f8", (2 ** 63, 2 ** 63), b""), member("<U0", (2 ** 40,), b""),
    member("<f8", (-1,), bytes(8)), member("|O", (1,), b"\x80\x04K\x01."), member([("a", "<f8")], (1,), bytes(8)),
    member("<f8", (2 ** 17,), bytes(2 ** 20), how=zipfile.ZIP_DEFLATED), member("<M8[s]", (1,), bytes(8)),
    member("<f8", (1,), bytes(8))[:-30], pack({"a": np.ones(3)})[10:],
    pack({"a": np.ones(3)}).replace(b"PK\5\6" + bytes(4) + b"\1\0\1\0", b"PK\5\6" + bytes(4) + b"\xff\xff\xff\xff"),
], ids=range(14))
def test_what_is_no_arrays_is_refused_cheaply(data):
    tracemalloc.start()
    with pytest.raises(UnreadableError):
        unpack(data)
    assert tracemalloc.get_traced_memory()[1] < 2 ** 23
    tracemalloc.stop()


def test_objects_are_not_packed():
    with pytest.raises(UnreadableError, match="dtype object"):
        pack({"a": np.array([object()])})


@pytest.mark.parametrize("message", [b"", b"short", write_message({}, {})[:-1], write_message({}, {}) + b"x",
                                     write_message([1], {}), write_message({}, {}).replace(b"{}", b"{x")])
def test_what_is_no_message_is_refused(message):
    with pytest.raises(UnreadableError):
        read_message(message)
