"""NumPy's files: what NumPy writes comes back, nothing larger than said or allowed, no Python objects."""

import io
import struct
import zipfile

import numpy as np
import pytest

from chainrule.data import DataFileError, read_npy, read_npz

ARRAYS = [np.arange(12).astype(dtype).reshape(3, 4) for dtype in ("u1", "<i8", ">f4", "f8", "?")] + [
    np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.array(5.0), np.zeros((0, 3)), np.array(["a", "bcd"])]


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.str}{array.shape}")
def test_arrays_come_back(tmp_path, array, mapped):
    np.save(tmp_path / "a.npy", array)
    np.testing.assert_array_equal(read_npy(tmp_path / "a.npy", mapped), array, strict=True)


def test_a_mapped_array_is_not_read_and_its_file_never_changed(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 2)))
    array = read_npy(tmp_path / "a.npy", mapped=True, largest=1)
    assert isinstance(array, np.memmap)
    array += 1
    assert array.sum() == 6 and np.load(tmp_path / "a.npy").sum() == 0


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_several_arrays_come_back(tmp_path, save):
    save(tmp_path / "a.npz", x=np.arange(5), y=np.array(["a", "b"]))
    found = read_npz(tmp_path / "a.npz")
    assert list(found) == ["x", "y"]
    assert found["x"].tolist() == [0, 1, 2, 3, 4] and found["y"].tolist() == ["a", "b"]


def with_header(text, body=b""):
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin-1") + body


def header(shape, dtype="'<f8'", fortran=False):
    return with_header(f"{{'descr': {dtype}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n", bytes(16))


WRONG = {
    "empty": b"", "no magic": b"\x93NUMPI\x01\x00", "version": b"\x93NUMPY\x09\x00" + bytes(20),
    "cut header": header((2,))[:20], "cut body": header((2,))[:-1], "longer": header((2,)) + b"x",
    "huge": header((10**18,)), "overflow": header((2**62, 4)), "negative": header((-2, -1)), "text": header("'2'"),
    "objects": header((2,), "'|O'"), "structured": header((1,), "[('a', '<f8'), ('b', '|O')]"),
    "void": header((4,), "'|V4'"), "date": header((2,), "'<M8[s]'"), "axes": header((1,) * 40 + (2,)),
    "no dict": with_header("[1]\n"), "keys": with_header("{'descr': '<f8'}\n"), "call": with_header("exit()\n"),
    "deep": with_header("(" * 9000 + ")" * 9000), "empty text": header((2,), "'|S0'"), "zeros": header((0, 10**18)),
    "nul": with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\0"),
}


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_headers_that_lie_are_refused_before_anything_is_made(tmp_path, content, mapped):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(DataFileError, match=r"read_npy found .*a.npy damaged, or not a .npy file"):
        read_npy(tmp_path / "a.npy", mapped)


def test_objects_are_refused_and_not_unpickled(tmp_path):
    np.save(tmp_path / "a.npy", np.array([print], object), allow_pickle=True)
    with pytest.raises(DataFileError, match="something else than numbers and texts, and nothing in a file is run"):
        read_npy(tmp_path / "a.npy")


def test_a_bomb_is_counted_before_it_is_unpacked(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros(1_000_000))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(DataFileError, match=r"at most 100,000 bytes .*, got 8,000,128 and 1; nothing was unpacked"):
        read_npz(tmp_path / "a.npz", largest=100_000)


def test_a_member_that_is_longer_than_it_says_is_not_unpacked_further(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(100_000))
    content = file.getvalue().replace(struct.pack("<I", 100_000), struct.pack("<I", 100))
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataFileError, match="damaged"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text", b"PK\x05\x06" + bytes(18)])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    if content.startswith(b"PK\x05"):
        assert read_npz(tmp_path / "a.npz") == {}                       # an archive of nothing
    else:
        with pytest.raises(DataFileError, match=r"damaged, or not a .npz file"):
            read_npz(tmp_path / "a.npz")


def test_encrypted_and_too_many_members_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.npy", b"")
    with pytest.raises(DataFileError, match="and 1,000 arrays, unpacked, got 0 and 1001"):
        read_npz(tmp_path / "a.npz")


def test_missing_files_are_named(tmp_path):
    for read in (read_npy, read_npz, lambda path: read_npy(path, mapped=True)):
        with pytest.raises(DataFileError, match=r"can not read .*none: No such file"):
            read(tmp_path / "none")
