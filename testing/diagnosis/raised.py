"""An exception in words: what it says, and which line of the code that was asked it comes from."""

import sys
from collections.abc import Iterator
from linecache import getline
from pathlib import PurePath
from types import FrameType, TracebackType

from ...layers.core import message

__all__ = ["told_of"]

_PACKAGE = __name__.partition(".")[0]
_ASKING = tuple(f"{_PACKAGE}.{room}." for room in ("layers.core", "layers.kernels", "testing", "course"))
"""Rooms of the package through which code is asked, and which it calls; all else is somebody's layer or function."""


def told_of(error: BaseException) -> str:
    """Return class and message of an error, with file, line and text of the innermost line that somebody wrote.

    Where that is in the package, the innermost line outside of it comes first.

    Example:
        >>> from chainrule.testing.diagnosis.raised import told_of
        >>> try:
        ...     np.zeros(2) @ np.zeros(3)
        ... except ValueError as error:
        ...     print(told_of(error).startswith("ValueError: matmul"))
        True
    """
    return f"{type(error).__name__}: {message(error)}{_place(error)}"


def _place(error: BaseException) -> str:
    found: dict[bool, str] = {}     # by whether it is in the package; the deeper one comes last
    for frame, line in _steps(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        file, root = frame.f_code.co_filename, module.partition(".")[0]
        if not file.startswith("<") and not f"{module}.".startswith(_ASKING) \
                and root not in {"numpy", *sys.stdlib_module_names}:
            text = getline(file, line, frame.f_globals).strip()
            place = f"{module.replace('.', '/')}.py" if root == _PACKAGE else PurePath(file).name
            found.pop(root == _PACKAGE, None)
            found[root == _PACKAGE] = f"in {place}, line {line}{f': {text}' if text else ''}"
    if list(found) == [True, False]:        # what others wrote calls what somebody wrote, which failed
        del found[True]
    return f" ({'; '.join(found.values())})" if found else ""


def _steps(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
