"""Leaks planted everywhere are found."""

import base64
import json
from io import BytesIO

import numpy as np
import pytest

from chainrule.course.handout.writing import zipped
from chainrule.course.selfcheck import leaks

LINE = "grad_x = grad_out @ self.weight.data - mean[0]"
REMOVED = {"a.py": [f"    {LINE}   # the way back", "    return y", "    for weight in parameter_list_of(model):"]}


def test_the_real_handout_has_none(built):
    assert list(leaks(built.handout, built.removed)) == []


def saved(text):
    file = BytesIO()
    np.savez(file, names=np.array([text, "other"]))
    return file.getvalue()


@pytest.mark.parametrize(("path", "data"), [
    ("b.py", f"def f():\n        {LINE}\n"),
    ("b.py", f"def f():\n    '''Do it:\n\n    >>> {LINE}\n    '''\n"),
    ("b.py", f"x = 1      # {LINE}"),
    ("b.py", LINE.replace(" ", "  ").replace("=", "=\\\n")  .replace("\\", "")),
    ("tests/test_a.py", f"text = '{LINE}'"),
    ("a.ipynb", json.dumps({"cells": [{"source": ["def f():\n", f"    {LINE}\n"]}]})),
    ("a.html", f"<p>{LINE.replace('@', '&#64;').replace(' ', '&nbsp;')}</p>".replace("&nbsp;", " ")),
    ("a.json", json.dumps({LINE: 1})), ("notes.txt", LINE), ("a.npz", saved(LINE)),
    ("a.zip", zipped({"inner.zip": zipped({"a.md": LINE.encode()})})),
])
def test_planted_leaks_are_found(path, data):
    (found,) = leaks({"clean.py": b"x = 1", path: data if isinstance(data, bytes) else data.encode()}, REMOVED)
    assert path in found and LINE in found


@pytest.mark.parametrize("path", ["__pycache__/a.cpython-311.pyc", "a.pyc", ".git/objects/ab/cdef", ".git/HEAD"])
def test_compiled_files_and_histories_are_refused(path):
    (found,) = leaks({path: base64.b64encode(b"anything")}, REMOVED)
    assert path in found and "leave it out" in found


def test_what_tells_nothing_and_what_may_be_shown():
    files = {"b.py": f"return y\nfor weight in parameter_list_of(model):\n{LINE}\n".encode()}
    assert list(leaks(files, REMOVED, shown=[LINE])) == []
