"""Whether anything of a solution is left in a handout: in code, docstrings, notebooks, arrays, compiled files."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from html import unescape
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

__all__ = ["leaks", "telling"]

WORDS, SIGNS = 3, 24        # what a line must have to tell anything
_WORDS = re.compile(r"[A-Za-z_]\w*")
_COMMON = {"self", "return", "if", "else", "for", "in", "is", "not", "None", "np", "and", "or", "raise", "float", "int"}
_HIDDEN = ("__pycache__", ".git", ".hg", ".svn", ".ipynb_checkpoints")


def leaks(files: Mapping[str, bytes], removed: Mapping[str, Collection[str]], shown: Collection[str] = ()
          ) -> Iterator[str]:
    """Yield what files have of the removed lines, spaces and comments aside; ``shown`` lines may be there.

    Signatures, heads of loops, checks, and short lines such as ``return y`` tell nothing. Compiled files and
    histories are refused unread.
    """
    lines = {bare: line.strip() for code in removed.values() for line in code
             if telling(line) and (bare := _bare(line)) not in {_bare(each) for each in shown}}
    for path, data in files.items():
        if path.endswith((".pyc", ".pyo")) or any(part in _HIDDEN for part in path.split("/")):
            yield f"{path}: compiled files and histories can hold solutions; leave it out"
            continue
        text = "".join(_bare(part, comments=True) for part in _texts(path, data))
        yield from (f"{path} has the line {line!r} of a solution" for bare, line in lines.items() if bare in text)


def telling(line: str) -> bool:
    """Return whether a line of code says anything that others would not say by chance.

    Example:
        >>> from chainrule.course.selfcheck import telling
        >>> telling("    x = self.saved()"), telling("    grad_x = grad_out @ self.weight.data")
        (False, True)
    """
    said = not line.lstrip().startswith(("def ", "class ", "@", "import ", "from ", "for ", "if ", "while ", "with ",
                                         "check_"))
    words = set(_WORDS.findall(_without_comment(line))) - _COMMON
    return said and len(words) >= WORDS and len(_bare(line)) >= SIGNS


def _bare(text: str, comments: bool = False) -> str:
    return re.sub(r"\s+", "", text if comments else _without_comment(text))


def _without_comment(line: str) -> str:
    code = re.sub(r"\s+#.*", "", line)
    return code if code.strip() and not code.lstrip().startswith("#") else line


def _texts(path: str, data: bytes) -> Iterator[str]:
    """Yield all text in a file, whatever it is wrapped in."""
    if data[:2] == b"PK":
        yield from _archived(path, data)
        return
    text = data.decode("utf-8", errors="replace")
    yield text
    if path.endswith((".ipynb", ".json")):
        yield from _strings(json.loads(text))
    elif path.endswith((".html", ".htm", ".svg")):
        yield unescape(re.sub(r"<[^>]*>", "", text))


def _archived(path: str, data: bytes) -> Iterator[str]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                if name.endswith(".npy"):
                    array = np.lib.format.read_array(BytesIO(content), allow_pickle=False)
                    yield from map(str, array.ravel()) if array.dtype.kind in "US" else ()
                else:
                    yield from _texts(f"{path}/{name}", content)
    except BadZipFile:
        yield data.decode("utf-8", errors="replace")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in (*value, *value.values()):
            yield from _strings(item)
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):        # the lines of a cell
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)
