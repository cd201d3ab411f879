"""Grading many submissions: in parallel, each on its own, none able to stop the others."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from ...layers.core import ChainruleError
from .grade import Grade, zero_grade
from .grader import Grader
from .submission import SubmissionError, read_submission

__all__ = ["NOT_FINISHED", "grade_all", "submissions_in"]

NOT_FINISHED = "Grading did not finish; your teacher has to look at it."


def submissions_in(path: Path, submit: Iterable[str]) -> list[Path]:
    """Return the submissions in a folder of several, or the path itself if it is one."""
    entries = path.iterdir() if path.is_dir() else ()
    inside = sorted(entry for entry in entries if not entry.name.startswith((".", "__")))
    wanted = {name for file in submit for name in (file.split("/")[0], file.split("/")[-1])}
    if len(inside) < 2 or wanted & {entry.name for entry in inside}:
        return [path]
    return inside


def grade_all(grader: Grader, paths: list[Path]) -> Iterator[Grade]:
    """Yield the grades of submissions, in their order, as they are there."""
    with ThreadPoolExecutor(len(grader.nurseries)) as pool:
        yield from pool.map(partial(_grade, grader), paths)


def _grade(grader: Grader, path: Path) -> Grade:
    try:
        return grader.grade(read_submission(path, grader.material.submit), path.name)
    except SubmissionError as error:
        return zero_grade(grader.assignment, path.name, str(error))
    except ChainruleError:          # something is wrong with the assignment, so with every grade
        raise
    except Exception as error:      # one that stops the grader shall not stop it for all others
        return replace(zero_grade(grader.assignment, path.name, NOT_FINISHED),
                       notes=(f"{type(error).__name__}: {error}",))
