"""Reading what was handed in: a folder, a zip, single files; nothing is unpacked, nothing in it is trusted."""

import stat
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath

from ...layers.core import ChainruleError

__all__ = ["Submission", "SubmissionError", "read_submission"]

LARGEST_FILE = 2 ** 20          # bytes of one file of a student
LARGEST_ZIP = 2 ** 26
MOST_ENTRIES = 10_000
Submission = dict[str, str]
"""The texts of the files that were asked for, by path; those that are missing are not in it."""


class SubmissionError(ChainruleError):
    """A submission can not be read; the message is for the student."""


def read_submission(path: Path | str, wanted: Iterable[str]) -> Submission:
    """Return the texts of the ``wanted`` files of a folder, a zip or a single file; all others are left alone.

    Where the whole handout lies in one folder of the submission, that folder is taken; where files were handed in
    without folders, they are found by their names, if these are no others' too.

    Raises: SubmissionError for what is no such thing, for symbolic links, for files too large or not text.
    """
    path, names = Path(path), list(wanted)
    if path.is_dir():
        return _read(names, _in_folder(path), path.name)
    if not path.is_file():
        raise SubmissionError(f"{path.name} is neither a folder nor a file")
    if not zipfile.is_zipfile(path):
        return _read(names, {path.name: partial(_contents_of_file, path)}, path.name)
    if path.stat().st_size > LARGEST_ZIP:
        raise SubmissionError(f"{path.name} is larger than {LARGEST_ZIP >> 20} MB")
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(names, _in_zip(archive), path.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise SubmissionError(f"{path.name} can not be read as a zip: {error}") from error


def _read(wanted: list[str], there: dict[str, Callable[[], bytes]], name: str) -> Submission:
    found = {}
    for path in wanted:
        file = _place_of(path, wanted, list(there))
        if file is None:
            continue
        data = there[file]()
        if len(data) > LARGEST_FILE:
            raise SubmissionError(f"{file} is larger than {LARGEST_FILE >> 20} MB")
        try:
            found[path] = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SubmissionError(f"{file} is not text in UTF-8") from error
    if not found:
        raise SubmissionError(f"{name} has none of the files asked for: {', '.join(wanted)}")
    return found


def _place_of(path: str, wanted: list[str], there: list[str]) -> str | None:
    """Return the name a wanted file has there: its path, its path in a folder, its own name; None if it has none."""
    if path in there:
        return path
    below = [name for name in there if name.endswith("/" + path) and name.count("/") == path.count("/") + 1]
    own = PurePosixPath(path).name
    if not below and [PurePosixPath(other).name for other in wanted].count(own) == 1:
        below = [name for name in there if name == own]
    if len(below) > 1:
        raise SubmissionError(f"{path} is there more than once: {', '.join(sorted(below)[:5])}")
    return below[0] if below else None


def _in_folder(folder: Path) -> dict[str, Callable[[], bytes]]:
    there: dict[str, Callable[[], bytes]] = {}
    for number, path in enumerate(_walk(folder)):
        if number == MOST_ENTRIES:
            raise SubmissionError(f"there are more than {MOST_ENTRIES} files")
        there[path.relative_to(folder).as_posix()] = partial(_contents_of_file, path)
    return there


def _walk(folder: Path) -> Iterable[Path]:
    """Yield what is in a folder, not following links."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _contents_of_file(path: Path) -> bytes:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise SubmissionError(f"{path.name} is no ordinary file but a link, a pipe or a device")
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _in_zip(archive: zipfile.ZipFile) -> dict[str, Callable[[], bytes]]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_ENTRIES:
        raise SubmissionError(f"there are more than {MOST_ENTRIES} files")
    names = [member.filename for member in members]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if twice:
        raise SubmissionError(f"{sorted(twice)[0]} is there more than once")
    return {member.filename: partial(_contents_of_member, archive, member) for member in members}


def _contents_of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise SubmissionError(f"{member.filename} is no ordinary file but a link, a pipe or a device")
    with archive.open(member) as file:
        return file.read(LARGEST_FILE + 1)      # however much it would become
