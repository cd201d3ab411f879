"""One image from a file, through Pillow (extra ``image``): its size is looked at before any of it is unpacked."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..layers.core import Array, check_size
from ..layers.core.optional import PIL
from .data_file import DataFileError

__all__ = ["ImageFormat"]

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "WEBP", "TIFF")    # none of which runs anything, as EPS would
_MOST_PIXELS = 64_000_000


@dataclass(frozen=True)
class ImageFormat:
    """How images are read: scaled to ``size``, height and width, in ``color`` or as grey values.

    Example:
        >>> from chainrule.data.image import ImageFormat
        >>> ImageFormat((32, 32)).read("cat.png").shape                                         # doctest: +SKIP
        (3, 32, 32)
    """

    size: tuple[int, int]
    color: bool = True

    def __post_init__(self) -> None:
        for side in self.size:
            check_size(side, "size", "image_folder")

    def read(self, path: Path) -> Array:
        """Return an image from 0 to 1.

        Shapes:
            return: (3, height, width) float32, or (1, height, width) without ``color``

        Raises: DataFileError for a damaged file, or one of more than 64 million pixels; MissingLibraryError without
        Pillow.
        """
        Image = PIL.Image
        try:
            with warnings.catch_warnings(), Image.open(path, formats=_FORMATS) as opened:
                warnings.simplefilter("ignore")        # what matters of them is checked here
                width, height = opened.size
                if width * height > _MOST_PIXELS:
                    raise DataFileError(f"image_folder expected {path} to have at most {_MOST_PIXELS:,} pixels, got "
                                        f"{width} × {height}; nothing was unpacked")
                image = opened
                if opened.mode.startswith("I"):         # 16 bits, which Pillow would clip
                    image = Image.fromarray((np.asarray(opened, np.int64).clip(0, 65535) // 256).astype(np.uint8))
                scaled = image.convert("RGB" if self.color else "L").resize(self.size[::-1], Image.Resampling.BILINEAR)
                pixels = np.asarray(scaled, np.float32) / 255
        except DataFileError:
            raise
        except FileNotFoundError:
            raise DataFileError(f"image_folder can not read {path}: no such file") from None
        except Exception as error:      # Pillow's decoders raise nearly anything on damaged files
            raise DataFileError(f"image_folder found {path} damaged, or no image of the formats "
                                f"{', '.join(_FORMATS)}: {str(error) or type(error).__name__}") from None
        return pixels.transpose(2, 0, 1) if self.color else pixels[None]
