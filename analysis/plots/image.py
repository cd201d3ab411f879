"""Arrays as pictures inside a page: PNG written by hand, as data URI."""

import base64
import struct
import zlib

import numpy as np

from ...layers.core import Array

__all__ = ["diverging", "draw_image", "grey", "png"]

_LOW, _HIGH = np.array([33, 102, 172]), np.array([202, 58, 38])       # blue for below zero, red for above
_MIDDLE = np.array([247, 247, 247])


def png(pixels: Array) -> bytes:
    """Return pixels as a PNG file.

    Shapes:
        pixels: (H, W), (H, W, 3) or (H, W, 4), numbers of 8 bits

    Source: W3C Portable Network Graphics; colour types 0, 2 and 6, no filter, one chunk of data.

    Example:
        >>> from chainrule.analysis.plots import png
        >>> png(np.zeros((2, 3), np.uint8))[1:4]
        b'PNG'
    """
    height, width = pixels.shape[:2]
    color = {1: 0, 3: 2, 4: 6}[pixels[0, 0].size]
    rows = np.zeros((height, 1 + pixels[0].size), np.uint8)       # before each row the number of its filter, none
    rows[:, 1:] = pixels.reshape(height, -1)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)),
              (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks)


def grey(x: Array) -> Array:
    """Return numbers as brightnesses, the lowest black, the highest white; (H, W) or (H, W, 3).

    Example:
        >>> from chainrule.analysis.plots import grey
        >>> grey(np.array([[0.0, 2.0]])).tolist()
        [[0, 255]]
    """
    low, high = float(x.min()), float(x.max())
    return np.asarray(np.rint((x - low) * (255 / ((high - low) or 1.0))), np.uint8)


def diverging(x: Array) -> Array:
    """Return numbers (H, W) as colours (H, W, 3): blue below zero, white at zero, red above."""
    size = float(np.abs(x).max()) or 1.0
    share = np.abs(x / size)[..., None]
    ends = np.where(x[..., None] < 0, _LOW, _HIGH)
    return np.asarray(np.rint(_MIDDLE + share * (ends - _MIDDLE)), np.uint8)


def draw_image(pixels: Array, alt: str, **attributes: str) -> str:
    """Return pixels as an ``<img>``, each pixel a sharp square."""
    written = "".join(f' {name.rstrip("_")}="{value}"' for name, value in attributes.items())
    return f'<img src="data:image/png;base64,{base64.b64encode(png(pixels)).decode()}" alt="{alt}"{written}>'
