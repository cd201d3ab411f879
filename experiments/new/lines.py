"""Lines of a config that a person is to read: values quoted only where they must be, comments one below the other."""

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Line", "layout", "quoted"]

_PLAIN = re.compile(r"(\.\.?/)*[^\W\d_][\w./ -]*(?<! )", re.ASCII)
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_COLUMN = 40        # at which comments stand


class Line(NamedTuple):
    """A line, and a comment behind it."""

    text: str = ""
    comment: str = ""


def layout(lines: Iterable[Line]) -> str:
    """Return the text of a file.

    Example:
        >>> from chainrule.experiments.new.lines import Line, layout
        >>> layout([Line("seed: 0", "of all that is random")])
        'seed: 0                                 # of all that is random\\n'
    """
    return "".join((f"{text:{_COLUMN - 1}} # {comment}" if comment else text) + "\n" for text, comment in lines)


def quoted(text: str) -> str:
    """Return a text as YAML, in quotes unless it can be nothing else.

    Example:
        >>> from chainrule.experiments.new.lines import quoted
        >>> print(quoted("sepal length"), quoted("no"), quoted("12:30"), quoted("a: b"))
        sepal length "no" "12:30" "a: b"
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
