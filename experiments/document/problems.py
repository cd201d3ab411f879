"""What is wrong with a config, and where: one line for each problem, in the words of whoever wrote the file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...layers.core import ChainruleError, nearest

__all__ = ["ConfigError", "Position", "Problem", "explain_character", "explain_syntax", "explain_unreadable"]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file, ``file:line:column`` counted from 1, or a source without lines such as ``--set 'a.b=c'``.

    Example:
        >>> from chainrule.experiments.document.problems import Position
        >>> str(Position("config.yaml", 14, 7)), str(Position("config.yaml"))
        ('config.yaml:14:7', 'config.yaml')
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"

    @property
    def order(self) -> tuple[str, int, int]:
        """By what problems are sorted: file, line and column."""
        return self.file, self.line or 0, self.column or 0

    def after(self, text: str) -> "Position":
        """Return the place behind ``text``, which begins at the first character of this file."""
        if self.line is None:
            return self
        lines = re.split("\r\n|\r|\n", text)
        return Position(self.file, len(lines), len(lines[-1]) + 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a config: the place, the dotted path of the key, and what is wrong with the fix.

    Example:
        >>> from chainrule.experiments.document.problems import Position, Problem
        >>> print(Problem(Position("config.yaml", 14, 7), "model.2.Linear.out_featurs", "unknown key"))
        config.yaml:14:7: model.2.Linear.out_featurs: unknown key
    """

    where: Position | None
    path: str
    message: str

    def __str__(self) -> str:
        place = "" if self.where is None else str(self.where)
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ConfigError(ChainruleError, ValueError):
    """A config can not be used; ``problems`` lists all that is wrong with it, and ``str()`` has a line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))

    @classmethod
    def at(cls, where: Position | None, path: str, message: str) -> "ConfigError":
        """Return the error for a single problem."""
        return cls([Problem(where, path, message)])


def explain_character(character: str) -> str:
    """Return why a character that no config may have is not allowed.

    Example:
        >>> from chainrule.experiments.document.problems import explain_character
        >>> explain_character("\\0"), explain_character(b"\\xe9".decode("utf-8", "surrogateescape"))
        ('character U+0000 is not allowed', 'byte 0xe9 is not UTF-8, which a config has to be')
    """
    code = ord(character)
    if 0xdc80 <= code <= 0xdcff:    # how Python keeps a byte that it can not decode, in files and in arguments
        return f"byte 0x{code - 0xdc00:02x} is not UTF-8, which a config has to be"
    return f"character U+{code:04X} is not allowed"


_SYNTAX = (    # a part of what PyYAML says, and what that means for the author of the file
    ("end of stream", "this quote is never closed"),
    (r"'\t'", "a tab; YAML is laid out with spaces only"),
    ("mapping values are not allowed",
     "a second ': ' in one value, or a line indented deeper than its neighbours; text with ': ' needs quotes"),
    ("could not find expected ':'", "expected 'key: value' or '- item', with a space behind the colon or dash"),
    ("cannot start any token", "text that begins with this character needs quotes"),
    ("sequence entries are not allowed", "a list begins on the line below its key, or in brackets: [1, 2]"),
    ("expected <block end>", "this does not fit what stands before it; check the indentation, the brackets and quotes"),
    ("expected the node content", "a value is missing before this"),
    ("expected ',' or", "a comma or the closing bracket is missing before this"),
    ("expected alphabetic or numeric", "text that begins with '*', '&' or '%' needs quotes"),
    ("mapping keys are not allowed", "text that begins with '?' needs quotes"),
    ("expected chomping", "text that begins with '|' or '>' needs quotes"),
    ("<document start>", "the document ended before this; a config is one document"),
    ("document separator", "a quote is never closed before this end of the document"),
    ("tag", "tags are not allowed; text that begins with '!' needs quotes"),
    ("unknown escape", r"unknown escape; in double quotes write \\ for a backslash, or use single quotes"),
)


def explain_syntax(problem: str) -> str:
    """Return what a syntax error of PyYAML means for the author of the file.

    Example:
        >>> from chainrule.experiments.document.problems import explain_syntax
        >>> explain_syntax("found character '@' that cannot start any token")
        'text that begins with this character needs quotes'
    """
    return next((meaning for part, meaning in _SYNTAX if part in problem), f"not valid YAML: {problem}")


def explain_unreadable(path: Path, error: Exception) -> str:
    """Return why the file at ``path`` could not be read, with the nearest file name where it does not exist."""
    if path.is_dir():
        return "is a folder, not a config file"
    if isinstance(error, FileNotFoundError):
        if not path.parent.is_dir():
            return f"no such file; there is no folder {str(path.parent)!r}"
        return f"no such file{nearest(path.name, (entry.name for entry in path.parent.glob('*.y*ml')))}"
    if isinstance(error, PermissionError):
        return "no permission to read this file"
    return f"can not be read: {getattr(error, 'strerror', None) or error}"
