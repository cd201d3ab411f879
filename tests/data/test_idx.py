"""IDX files: every type, and no number made before sizes and length agree."""

import gzip
import struct

import numpy as np
import pytest

from chainrule.data import DataFileError, read_idx

CODES = {np.uint8: 8, np.int8: 9, np.int16: 11, np.int32: 12, np.float32: 13, np.float64: 14}


def idx(array, code=None, shape=None):
    shape = array.shape if shape is None else shape
    return (bytes([0, 0, CODES[array.dtype.type] if code is None else code, len(shape)])
            + struct.pack(f">{len(shape)}I", *shape) + array.astype(array.dtype.newbyteorder(">")).tobytes())


@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(7,), (3, 5, 2), (0, 4)])
def test_every_type_comes_back(tmp_path, dtype, shape):
    array = (np.random.default_rng(0).random(shape) * 100).astype(dtype)
    (tmp_path / "a").write_bytes(idx(array))
    np.testing.assert_array_equal(read_idx(tmp_path / "a"), array, strict=True)


def test_packed_or_not(tmp_path):
    array = np.arange(10, dtype=np.uint8)
    (tmp_path / "a.gz").write_bytes(gzip.compress(idx(array)))
    assert read_idx(tmp_path / "a.gz").tolist() == array.tolist()


@pytest.mark.parametrize(("content", "words"), [
    (b"", "an empty file"),
    (b"\0\0\x08", "begin with the magic number"),
    (b"\0\1\x08\1", "begin with the magic number"),
    (b"\0\0\x07\1\0\0\0\0", "begin with the magic number"),
    (b"\0\0\x08\3\0\0\0\1\0\0", "cut off inside the sizes of its 3 axes"),
    (idx(np.zeros(6, np.uint8), shape=(2, 4)), "to hold 20 bytes, uint8 of shape \\(2, 4\\), got 18"),
    (idx(np.zeros(6, np.uint8), shape=(5,)), "got 14; the file is damaged"),
    (idx(np.zeros(0, np.uint8), shape=(2**32 - 1,) * 4), "got 20; the file is cut off"),
    (idx(np.zeros(0, np.uint8), shape=(0,) * 40), "at most 32 axes, got 40"),
])
def test_whatever_does_not_agree_is_refused(tmp_path, content, words):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DataFileError, match=words):
        read_idx(tmp_path / "a")
