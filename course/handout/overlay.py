"""A submission laid over the handout: its files in their places, and right versions of parts that it got wrong."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from ..assignment import Assignment
from ..names import own_file
from ..source import splice
from .library import library_text
from .stripping import Stripped, strip

__all__ = ["laid_over"]


def laid_over(assignment: Assignment, submission: Mapping[str, str], right: Collection[str] = ()) -> dict[str, str]:
    """Return the modules of a handout, by path, with a submission's files in their places.

    Parts in ``right`` are as they should be, whatever the submission has, and what only they need is there too. Of the
    submission only files that parts are in are taken.

    Raises: SyntaxError or UnknownNameError where a right part can not be put into a submitted file.
    """
    stripped = _stripped(assignment, frozenset(right))
    texts = {path: data.decode() for path, data in stripped.files.items() if path.endswith(".py")}
    for file in stripped.removed.keys() & submission.keys():
        spots = [stripped.spots[name] for name in right if stripped.spots[name].file == file]
        own = own_file(assignment.folder, file)
        solution = library_text(file) if "/" in file else own.read_text(encoding="utf-8")
        texts[file] = splice(submission[file], solution or "", spots) if spots else submission[file]
    return texts


@lru_cache(32)
def _stripped(assignment: Assignment, right: frozenset[str]) -> Stripped:
    return strip(assignment, right)
