"""Grade submissions: each part of each asked in processes of its own, results for people or for other systems."""

import argparse
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from ...layers.core import ChainruleError, check_size, write_atomically
from ..assignment import load_assignment
from ..source import locate
from ..worker import LEVELS
from .formats import FORMATS, OF_MANY
from .grade import Grade, zero_grade
from .grader import Grader
from .many import NOT_FINISHED, grade_all, submissions_in
from .submission import SubmissionError, read_submission

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("assignment", help="the assignment's YAML file")
    parser.add_argument("submissions", nargs="+", type=Path, metavar="SUBMISSION",
                        help="a folder, a zip or a file that was handed in; or a folder of these")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="of the results (default: text)")
    parser.add_argument("--output", metavar="FILE", help="write the results there: zeros first, then what was earned")
    parser.add_argument("--secret", metavar="FILE", type=Path,
                        help="the file whose bytes hidden questions are drawn from (default: others every time)")
    parser.add_argument("--isolation", choices=LEVELS, help="the level to run at (default: the strongest there is)")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)) if hasattr(
        os, "sched_getaffinity") else os.cpu_count() or 1, help="processes at a time (default: as many as processors)")
    parser.set_defaults(run=_grade)


def _grade(arguments: argparse.Namespace) -> int:
    assignment = load_assignment(arguments.assignment)
    paths = list(arguments.submissions)
    submit = {locate(part.target, assignment.folder).file for part in assignment.parts.values()}
    if arguments.format in OF_MANY:
        paths = [found for path in paths for found in submissions_in(path, submit)]
    elif len(paths) > 1:
        raise ChainruleError(f"the format {arguments.format!r} holds one submission, not {len(paths)}; "
                             f"take one of {', '.join(OF_MANY)}")
    grades = [zero_grade(assignment, path.name, NOT_FINISHED) for path in paths]
    _write(arguments, grades)
    problem = "" if arguments.format in OF_MANY else _not_one(paths[0], submit, arguments.format)
    if problem:
        _write(arguments, [zero_grade(assignment, paths[0].name, problem)])
        raise ChainruleError(problem)
    jobs = min(check_size(arguments.jobs, name="--jobs", owner="grade"), len(paths))
    with Grader(assignment, _secret(arguments.secret), arguments.isolation, jobs) as grader:
        for number, grade in enumerate(grade_all(grader, paths)):
            grades[number] = grade
            _write(arguments, grades)
    if not arguments.output:
        print(FORMATS[arguments.format](*grades))
    return 0


def _not_one(path: Path, submit: Iterable[str], form: str) -> str:
    """Return what is wrong with a folder of several submissions where one is wanted; nothing of others."""
    several = [each for each in submissions_in(path, submit) if each != path and _is_submission(each, submit)]
    return f"{path.name} has several submissions in it: {', '.join(each.name for each in several[:5])}; the format " \
           f"{form!r} takes one, {', '.join(OF_MANY)} take many" if len(several) > 1 else ""


def _is_submission(path: Path, submit: Iterable[str]) -> bool:
    try:
        return bool(read_submission(path, submit))
    except (SubmissionError, OSError):
        return False


def _secret(file: Path | None) -> bytes:
    """Return what hidden questions are drawn from."""
    try:
        return file.read_bytes() if file else secrets.token_bytes(32)
    except OSError as error:
        raise ChainruleError(f"the secret {file} can not be read: {error.strerror}") from error


def _write(arguments: argparse.Namespace, grades: list[Grade]) -> None:
    if arguments.output:
        Path(arguments.output).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(arguments.output, FORMATS[arguments.format](*grades).encode())
