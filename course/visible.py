"""A visible test as it lies in a handout: the question, the right answers, and those of known mistakes, as arrays."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

import numpy as np

from ..layers.core import Array
from ..testing.diagnosis.answers import Answers
from ..testing.diagnosis.matching import Known
from .packing import Arrays

__all__ = ["VisibleTest", "path_of", "read_test", "written"]


class VisibleTest(NamedTuple):
    """What is asked, what a right version answers, and what the known mistakes do."""

    asked: Arrays
    expected: Answers
    known: tuple[Known, ...]


def path_of(name: str, number: int) -> str:
    """Return where the test of an example of a part lies in the handout."""
    return f"visible/{name}.{number}.npz"


def written(test: VisibleTest) -> bytes:
    """Return a test as a file."""
    arrays = {f"asked|{key}": value for key, value in test.asked.items()}
    arrays |= {f"expected|{key}": value for key, value in _without_texts(test.expected)}
    for number, known in enumerate(test.known):     # of errors their classes alone: their texts may quote a solution
        arrays[f"known {number}|"] = np.array([known.name, known.family, known.explanation])
        arrays |= {f"known {number}|{key}": value for key, value in _without_texts(known.answers)
                   if not _same(value, test.expected.get(key))}
        gone = sorted(test.expected.keys() - known.answers.keys())
        arrays[f"known {number}|gone"] = np.array(gone, np.str_)
    file = BytesIO()
    np.savez_compressed(file, **arrays)     # type: ignore[arg-type]   # savez's own flag is none of our names
    return file.getvalue()


def read_test(data: bytes) -> VisibleTest:
    """Return the test that was written."""
    groups: dict[str, dict[str, Array]] = {}
    with np.load(BytesIO(data), allow_pickle=False) as archive:
        for entry in archive.files:
            group, _, key = entry.partition("|")
            groups.setdefault(group, {})[key] = archive[entry]
    expected = groups.get("expected", {})
    known = []
    for number in range(len(groups)):
        group = groups.get(f"known {number}", {})
        if group:
            known.append(_known(group, expected))
    return VisibleTest(groups.get("asked", {}), expected, tuple(known))


def _known(group: Mapping[str, Array], expected: Answers) -> Known:
    """Return a mistake: what it does not answer otherwise it answers rightly."""
    name, family, explanation = map(str, group[""])
    own = {key: value for key, value in group.items() if key not in ("", "gone")}
    gone = set(map(str, group["gone"]))
    return Known(name, family, explanation, {key: value for key, value in expected.items() if key not in gone} | own)


def _without_texts(answers: Answers) -> Iterator[tuple[str, Array]]:
    yield from ((key, np.array(str(value).partition(":")[0]) if key.endswith("/error") else value)
                for key, value in answers.items())


def _same(one: Array, other: Array | None) -> bool:
    return other is not None and one.dtype == other.dtype and one.shape == other.shape and (
        np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
