"""Single images through Pillow."""

import struct
import sys
import zlib

import numpy as np
import pytest

from chainrule.data import DataFileError
from chainrule.data.image import ImageFormat
from chainrule.layers.core import MissingLibraryError, ValueRangeError
from chainrule.layers.core.optional import Library

PIL = pytest.importorskip("PIL.Image")
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 9, 3)).astype(np.uint8)


def test_color_and_grey(tmp_path):
    PIL.fromarray(PIXELS).save(tmp_path / "a.png")
    color = ImageFormat((6, 9)).read(tmp_path / "a.png")
    np.testing.assert_array_equal(np.rint(color * 255), PIXELS.transpose(2, 0, 1))
    assert color.dtype == np.float32
    grey = ImageFormat((6, 9), color=False).read(tmp_path / "a.png")
    np.testing.assert_allclose(grey[0], PIXELS @ [0.299, 0.587, 0.114] / 255, atol=0.005)
    assert ImageFormat((3, 5)).read(tmp_path / "a.png").shape == (3, 3, 5)


@pytest.mark.parametrize(("mode", "ending"), [("P", "gif"), ("RGBA", "png"), ("1", "png"), ("CMYK", "tiff"),
                                              ("L", "jpg")])
def test_other_modes(tmp_path, mode, ending):
    PIL.fromarray(PIXELS).convert(mode).save(tmp_path / f"a.{ending}")
    assert ImageFormat((4, 4)).read(tmp_path / f"a.{ending}").shape == (3, 4, 4)


def test_sixteen_bits_are_not_clipped(tmp_path):
    PIL.fromarray(np.full((4, 4), 32768, np.uint16)).save(tmp_path / "a.png")
    assert abs(ImageFormat((4, 4), color=False).read(tmp_path / "a.png").mean() - 0.5) < 0.01


def png(width, height):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [8001, 20_000, 2**31 - 1])
def test_a_bomb_is_refused_by_its_header(tmp_path, side):
    (tmp_path / "a.png").write_bytes(png(side, side))
    with pytest.raises(DataFileError, match=r"a.png"):
        ImageFormat((4, 4)).read(tmp_path / "a.png")


@pytest.mark.parametrize("content", [b"", b"text", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", png(50, 50)])
def test_damage_is_named(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DataFileError, match=r"a.png damaged, or no image of the formats PNG"):
        ImageFormat((4, 4)).read(tmp_path / "a.png")


def test_without_pillow_the_fix_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setattr("chainrule.data.image.PIL", Library("PIL", "'chainrule[image]'"))
    with pytest.raises(MissingLibraryError, match=r"pip install 'chainrule\[image\]'"):
        ImageFormat((4, 4)).read(tmp_path / "a.png")


def test_sizes_and_missing_files():
    with pytest.raises(ValueRangeError, match="image_folder expected size"):
        ImageFormat((0, 4))
    with pytest.raises(DataFileError, match="no such file"):
        ImageFormat((4, 4)).read("none.png")
