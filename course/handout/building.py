"""A whole assignment made in memory: what students get, what it should become, and how it is graded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from ..assignment import Assignment
from ..own_files import own_file
from ..source import Spot
from .library import PACKAGE
from .pages import notebook, page
from .stripping import strip
from .visible_tests import as_handed_out, visible_tests

__all__ = ["Built", "build"]

_TESTS = '''"""The visible tests of this assignment, for pytest: one for each part."""

import pytest
from {package}.course.check import check_part, read_handout

ASSIGNMENT = read_handout()


@pytest.mark.parametrize("name", [name for name, part in ASSIGNMENT.parts.items() if part.examples])
def test_part(name):
    found = check_part(ASSIGNMENT, name)
    assert found.passed, str(found)
'''


@dataclass(frozen=True)
class Built:
    """An assignment as files.

    Attributes:
        assignment: what was built
        handout:    what students get: bytes by path
        solution:   the same with solutions in the files that students write in
        submit:     the files that students write in, the only ones taken from a submission
        spots:      where each part stands, by its name
        removed:    the lines that the handout lacks, by file
    """

    assignment: Assignment
    handout: Mapping[str, bytes]
    solution: Mapping[str, bytes]
    submit: tuple[str, ...]
    spots: Mapping[str, Spot]
    removed: Mapping[str, tuple[str, ...]]


def build(assignment: Assignment) -> Built:
    """Return the handout and the solution of an assignment; the same bytes every time.

    Raises: UnknownNameError where a target is not there; StateError where one can not be taken out.
    """
    stripped = strip(assignment)
    submit = tuple(stripped.removed)
    folder, told = assignment.folder, as_handed_out(assignment)
    texts = [assignment.text] * bool(assignment.text) + [file for file in assignment.files if file.endswith(".md")]
    text = "\n\n".join(own_file(folder, file).read_text(encoding="utf-8").strip() for file in texts)
    beside = {
        "assignment.json": _json({**told.plain(), "submit": submit}),
        "text.html": page(told, text, stripped.spots).encode(),
        "test_visible.py": _TESTS.format(package=PACKAGE).encode(),
        "requirements.txt": b"numpy>=2.0\npytest>=8\n",
        **{file: own_file(folder, file).read_bytes() for file in assignment.files if not file.endswith((".py", ".md"))},
        **dict(visible_tests(assignment)),
    }
    handout = stripped.files | beside
    handout["notebook.ipynb"] = notebook(told, text, stripped.files, stripped.spots).encode()
    solution = stripped.files | stripped.solved | beside
    return Built(assignment, _listed(handout), _listed(solution), submit, stripped.spots, stripped.removed)


def _listed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files in order, with a manifest of their checksums."""
    ordered = dict(sorted(files.items()))
    return ordered | {"manifest.json": _json({path: sha256(data).hexdigest() for path, data in ordered.items()})}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
