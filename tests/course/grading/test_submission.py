"""Reading what was handed in: whatever it is, only texts that were asked for come out, or one clear error."""

import os
import stat
import warnings
import zipfile

import pytest

from chainrule.course.grading import SubmissionError, read_submission, submission
from chainrule.course.grading.submission import LARGEST_FILE

WANTED = ["chainrule/layers/linear.py", "xor.py"]


def zipped(folder, *entries):
    path = folder / "handed_in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")     # of two entries of one name
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_a_folder_gives_what_was_asked_for_and_nothing_else(tmp_path):
    (tmp_path / "chainrule" / "layers").mkdir(parents=True)
    (tmp_path / "chainrule" / "layers" / "linear.py").write_text("a = 1")
    (tmp_path / "chainrule" / "layers" / "core.py").write_text("b = 1")
    (tmp_path / "xor.py").write_bytes(b"\xef\xbb\xbfc = '\xc3\xa9'")
    assert read_submission(tmp_path, WANTED) == {"chainrule/layers/linear.py": "a = 1", "xor.py": "c = 'é'"}


@pytest.mark.parametrize("prefix", ["", "my handout/"])
def test_a_zip_gives_what_was_asked_for_at_its_root_or_in_one_folder(tmp_path, prefix):
    path = zipped(tmp_path, (prefix + "chainrule/layers/linear.py", "a"), (prefix + "other.py", "b"))
    assert read_submission(path, WANTED) == {"chainrule/layers/linear.py": "a"}


def test_files_without_folders_are_found_by_their_names(tmp_path):
    (tmp_path / "linear.py").write_text("a")
    assert read_submission(tmp_path, WANTED) == {"chainrule/layers/linear.py": "a"}
    assert read_submission(tmp_path / "linear.py", WANTED) == {"chainrule/layers/linear.py": "a"}


def test_a_name_that_is_another_files_too_is_not_guessed(tmp_path):
    (tmp_path / "__init__.py").write_text("a")
    with pytest.raises(SubmissionError, match="has none of the files asked for"):
        read_submission(tmp_path, ["a/__init__.py", "b/__init__.py"])


def test_two_handouts_in_one_submission_are_not_chosen_between(tmp_path):
    path = zipped(tmp_path, ("old/xor.py", "a"), ("new/xor.py", "b"))
    with pytest.raises(SubmissionError, match=r"xor\.py is there more than once: new/xor\.py, old/xor\.py"):
        read_submission(path, WANTED)


def linked_zip(folder):
    entry = zipfile.ZipInfo("xor.py")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped(folder, (entry, "/etc/passwd"))


def linked_folder(folder):
    (folder / "xor.py").symlink_to("/etc/passwd")
    return folder


def folder_linked(folder):
    (folder / "chainrule").symlink_to("/etc")
    return folder


def pipe(folder):
    os.mkfifo(folder / "xor.py")
    return folder


def bomb(folder):
    return zipped(folder, ("xor.py", b"#" * (2 * LARGEST_FILE)))


def climbing(folder):
    return zipped(folder, ("../xor.py", "a"), ("/xor.py", "b"), ("x/../../xor.py", "c"), ("..\\xor.py", "d"))


def doubled(folder):
    return zipped(folder, ("xor.py", "a"), ("xor.py", "b"))


def many(folder):
    return zipped(folder, *((f"{number}.py", "") for number in range(101)))


def encrypted(folder):
    path = zipped(folder, ("xor.py", "a"))
    data = bytearray(path.read_bytes())
    data[6] |= 1                                                # the flag in the local header
    data[data.rindex(b"PK\x01\x02") + 8] |= 1                   # and in the list of members
    path.write_bytes(data)
    return path


def broken(folder):
    path = zipped(folder, ("xor.py", "a" * 1000))
    data = bytearray(path.read_bytes())
    data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    return path


def overlapping(folder):
    """Two members that begin at the same bytes."""
    path = zipped(folder, ("xor.py", "a"))
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02")
    member, end = data[at:data.rindex(b"PK\x05\x06")], bytearray(data[data.rindex(b"PK\x05\x06"):])
    end[8:12], end[12:16] = b"\x02\0\x02\0", (2 * len(member)).to_bytes(4, "little")
    path.write_bytes(data[:at] + member + member + end)
    return path


def other_text(folder):
    (folder / "xor.py").write_bytes(b"\xff\xfe\0")
    return folder


def nothing(folder):
    return folder / "nothing"


@pytest.mark.parametrize(("make", "said"), [
    (linked_zip, "no ordinary file"), (linked_folder, "no ordinary file"), (folder_linked, "none of the files"),
    (pipe, "no ordinary file"), (bomb, "larger than 1 MB"), (climbing, "more than once"), (doubled, "more than once"),
    (many, "more than 100 files"), (encrypted, "can not be read as a zip"), (broken, "can not be read as a zip"),
    (overlapping, "more than once"), (other_text, "not text in UTF-8"), (nothing, "neither a folder nor a file"),
])
def test_what_is_no_submission_is_said_to_be_none(tmp_path, monkeypatch, make, said):
    monkeypatch.setattr(submission, "MOST_ENTRIES", 100)
    if make is pipe and not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    with pytest.raises(SubmissionError, match=said):
        read_submission(make(tmp_path), WANTED)


def test_nothing_is_unpacked(tmp_path):
    climbing(tmp_path)
    before = sorted(tmp_path.parent.iterdir())
    with pytest.raises(SubmissionError):
        read_submission(tmp_path / "handed_in.zip", WANTED)
    assert sorted(tmp_path.parent.iterdir()) == before
