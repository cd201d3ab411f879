"""Files: found or missed in words, unpacked within bounds, damage named."""

import gzip
import zlib

import pytest

from chainrule.data.data_file import DataFileError, damage, exactly, find_file, read_file


def test_the_first_file_that_is_there_is_found(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "b").write_bytes(b"")
    assert find_file(tmp_path, ["a", "raw/b"], "mine", "somewhere") == tmp_path / "raw" / "b"


def test_a_missing_file_says_where_to_get_it_and_where_to_put_it(tmp_path):
    with pytest.raises(DataFileError) as caught:
        find_file(tmp_path / "none", ["a.gz"], "mine", "https://example.org/data")
    assert str(caught.value) == (f"mine found no a.gz in {tmp_path / 'none'}, and downloads nothing: get the files "
                                 f"from https://example.org/data and put them there")


def test_gzip_is_unpacked_member_by_member(tmp_path):
    (tmp_path / "a").write_bytes(gzip.compress(b"one, ") + gzip.compress(b"two") + bytes(7))
    assert read_file(tmp_path / "a", "mine") == b"one, two"


def test_nothing_larger_than_allowed_is_read_or_unpacked(tmp_path):
    (tmp_path / "plain").write_bytes(bytes(101))
    (tmp_path / "bomb").write_bytes(gzip.compress(bytes(10_000_000)))
    for name in ("plain", "bomb"):
        with pytest.raises(DataFileError, match="at most 100 bytes, unpacked, and stopped there" if name == "plain"
                           else "at most 50,000 bytes"):
            read_file(tmp_path / name, "mine", 100 if name == "plain" else 50_000)


def test_a_bomb_takes_no_more_memory_than_allowed(tmp_path, monkeypatch):
    made = []

    class Spy:
        def __init__(self, real):
            self.real = real

        def decompress(self, content, limit):
            made.append(limit)
            return self.real.decompress(content, limit)

        def __getattr__(self, name):
            return getattr(self.real, name)

    (tmp_path / "bomb").write_bytes(gzip.compress(bytes(1_000_000)))
    real = zlib.decompressobj
    monkeypatch.setattr(zlib, "decompressobj", lambda wbits: Spy(real(wbits)))
    with pytest.raises(DataFileError):
        read_file(tmp_path / "bomb", "mine", 2000)
    assert made == [2001]


@pytest.mark.parametrize("cut", [3, 12, 20])
def test_gzip_that_is_cut_off_or_changed_is_refused(tmp_path, cut):
    packed = bytearray(gzip.compress(b"some text that is packed"))
    (tmp_path / "cut").write_bytes(packed[:cut])
    with pytest.raises(DataFileError, match="cut off"):
        read_file(tmp_path / "cut", "mine")
    packed[-6] ^= 1                                     # the check sum
    (tmp_path / "changed").write_bytes(packed)
    with pytest.raises(DataFileError, match="damaged, or not a gzip file"):
        read_file(tmp_path / "changed", "mine")


def test_a_file_that_can_not_be_read_is_named(tmp_path):
    with pytest.raises(DataFileError, match=r"mine can not read .*none: No such file or directory"):
        read_file(tmp_path / "none", "mine")
    with pytest.raises(DataFileError, match="can not read"):
        read_file(tmp_path, "mine")


def test_lengths_are_exact(tmp_path):
    exactly(3, b"abc", "three", tmp_path, "mine")
    with pytest.raises(DataFileError, match="to hold 4 bytes, four, got 3; the file is cut off"):
        exactly(4, b"abc", "four", tmp_path, "mine")
    with pytest.raises(DataFileError, match="got 3; the file is damaged"):
        exactly(2, b"abc", "two", tmp_path, "mine")


def test_only_expected_errors_become_damage(tmp_path):
    with pytest.raises(DataFileError, match="damaged, or not a thing: what"), \
            damage(tmp_path, "mine", "a thing", ValueError):
        raise ValueError("what")
    with pytest.raises(KeyError), damage(tmp_path, "mine", "a thing", ValueError):
        raise KeyError("other")
