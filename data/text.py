"""Text as numbers: a vocabulary of characters, windows of a text for learning to continue it, and a text that ships.

``alice.txt`` is Lewis Carroll's "Alice's Adventures in Wonderland" of 1865, which is in the public domain, as it stands
in ``alice29.txt`` of the Canterbury corpus, without the line that names the edition and without repeated empty lines.
"""

from importlib.resources import files
from pathlib import Path

import numpy as np

from ..layers.core import Array, DtypeError, Size, ValueRangeError, check_size
from .dataset import ArrayDataset

__all__ = ["Characters", "Text", "alice", "text", "text_file"]

LARGEST = 20_000_000        # bytes of a file; every character takes 16 bytes of memory as x and y


class Characters:
    """A vocabulary: the different characters of a text, each known by its number in the order of their code points.

    Raises: ValueRangeError for a text without characters, or to encode one that the vocabulary lacks.

    Example:
        >>> vocabulary = Characters("hello")
        >>> vocabulary.encode("hole"), vocabulary.decode(np.array([1, 0, 2, 2])), len(vocabulary)
        (array([1, 3, 2, 0]), 'hell', 4)
    """

    def __init__(self, text: str) -> None:
        self._codes = np.unique(_code_points(text))
        if not self._codes.size:
            raise ValueRangeError("Characters expected a text of at least one character, got none")
        self.characters = "".join(map(chr, self._codes))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Array:
        """Return the number of every character of ``text``."""
        wanted = _code_points(text)
        tokens = np.searchsorted(self._codes, wanted).clip(max=len(self) - 1)
        unknown = np.flatnonzero(self._codes[tokens] != wanted)
        if unknown.size:
            raise ValueRangeError(f"Characters expected a text of its {len(self)} characters, got "
                                  f"{text[unknown[0]]!r} at {unknown[0]}")
        return tokens.astype(np.int64)

    def decode(self, tokens: Array) -> str:
        """Return the text of these numbers."""
        return "".join(self.characters[token] for token in tokens)


class Text(ArrayDataset):
    """A text in windows that follow on from each other; the target of each character is the one behind it.

    ``split`` holds the last windows out, in one piece: no character is both learned and judged as a target.

    Shapes:
        x: (N, length) numbers of characters
        y: (N, length), ``y[:, :-1] == x[:, 1:]``

    Example:
        >>> passage = text("hello world", length=3)
        >>> [passage.characters.decode(row) for row in (passage.x[0], passage.y[0], passage.x[1])]
        ['hel', 'ell', 'lo ']
    """

    def __init__(self, x: Array, y: Array, characters: Characters) -> None:
        super().__init__(x, y)
        self.characters = characters

    def split(self, test_size: float = 0.25, *, rng: np.random.Generator | None = None,
              stratify: bool = False) -> tuple["Text", "Text"]:
        """Return all but the last windows, and these; nothing is drawn, and there are no classes to hold shares of."""
        held_out = test_size if isinstance(test_size, int) else int(np.ceil(test_size * len(self)))
        if not 0 < held_out < len(self):
            raise ValueRangeError(f"Text.split expected test_size to leave windows in both parts, got {test_size} of "
                                  f"{len(self)} windows")
        begin, end = slice(None, -held_out), slice(-held_out, None)
        return Text(*self[begin], self.characters), Text(*self[end], self.characters)

    def fold(self, number: int, folds: int, *, rng: np.random.Generator | None = None,
             stratify: bool = False) -> tuple["Text", "Text"]:
        """Refuse: folds take samples out of their order.

        Raises: ValueRangeError, always.
        """
        raise ValueRangeError("Text expected no folds, which take samples out of the order in which a text is read; "
                              "hold its end out with test_size")


def text(text: str, length: Size = 64) -> Text:
    """Return a text in windows of ``length`` characters; what is left over at the end is left out.

    Raises: ValueRangeError for a text shorter than a window and the character behind it.

    Example:
        >>> text("hello world", length=5)
        ArrayDataset(2 samples, x (2, 5) int64, y (2, 5) int64)
    """
    check_size(length, "length", "text")
    if len(text) <= length:
        raise ValueRangeError(f"text expected more than length={length} characters, got {len(text)}")
    characters = Characters(text)
    tokens = characters.encode(text)
    end = (len(tokens) - 1) // length * length
    return Text(tokens[:end].reshape(-1, length), tokens[1:end + 1].reshape(-1, length), characters)


def text_file(path: Path, length: Size = 64) -> Text:
    """Return the text in a file, UTF-8 and at most 20 MB, in windows of ``length`` characters.

    In a config ``path`` is relative to the config's folder.

    Raises: ValueRangeError for a file that can not be read, is too large or too short, DtypeError if it is not UTF-8.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "my.txt")
        ...     _ = path.write_text("one fish two fish", encoding="utf-8")
        ...     text_file(path, length=4)
        ArrayDataset(4 samples, x (4, 4) int64, y (4, 4) int64)
    """
    try:
        size = Path(path).stat().st_size
        if size > LARGEST:
            raise ValueRangeError(f"text_file expected path of a file of at most {LARGEST // 10**6} MB, got {path} of "
                                  f"{size / 10**6:.0f} MB")
        content = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueRangeError(f"text_file expected path of a file that can be read, got {path}: "
                              f"{error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DtypeError(f"text_file expected path of a text in UTF-8, got {path}, whose byte {error.start} is not; "
                         f"save it as UTF-8") from None
    return text(content, length)


def alice(length: Size = 64) -> Text:
    """Return "Alice's Adventures in Wonderland", 148,379 characters, 70 different ones, in windows of ``length``.

    Source: Lewis Carroll 1865, public domain; alice29.txt of the Canterbury corpus.

    Example:
        >>> alice(length=100)
        ArrayDataset(1483 samples, x (1483, 100) int64, y (1483, 100) int64)
    """
    return text((files("chainrule.data") / "alice.txt").read_text(encoding="utf-8"), length)


def _code_points(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
