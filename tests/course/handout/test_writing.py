"""A built assignment on disk."""

import json
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest

from chainrule.course.handout.writing import autograder_files, write_built, zipped
from chainrule.layers.core import StateError


def test_what_is_written_is_the_same_twice_and_replaces_what_was_there(built, tmp_path):
    folder = tmp_path / "out"
    write_built(built, folder, "secret")
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "handout" / "left_over.py").write_text("solution")
    write_built(built, folder, "secret")
    assert first == {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    sums = json.loads((folder / "manifest.json").read_text())["files"]
    assert sums["autograder.zip"] == sha256((folder / "autograder.zip").read_bytes()).hexdigest()
    assert len(sums) == len(first) - 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with ZipFile(folder / "handout.zip") as archive:
        assert archive.read("circles/circles.py") == built.handout["circles.py"]


def test_other_folders_are_left_alone(built, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(StateError, match="holds other things"):
        write_built(built, tmp_path, "secret")
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_the_autograder_has_all_that_it_needs(built):
    files = autograder_files(built, "abc")
    assert files["secret"] == b"abc\n"
    assert {"setup.sh", "run_autograder", "assignment/circles.yaml", "assignment/circles.py", "assignment/mistakes.py",
            "chainrule/__init__.py", "chainrule/layers/linear.py", "chainrule/cli/main.py", "chainrule/data/digits.npz",
            "chainrule/configs/xor.yaml"} <= set(files)
    assert not [path for path in files if "__pycache__" in path or "/assignments/a" in path]
    assert b"'numpy>=2.0'" in files["setup.sh"] and b"assignment/circles.yaml" in files["run_autograder"]


def test_archives_hang_on_names_and_bytes_alone():
    one, other = zipped({"b": b"2", "a": b"#!1"}), zipped({"a": b"#!1", "b": b"2"})
    assert one == other
    with ZipFile(BytesIO(one)) as archive:
        assert archive.namelist() == ["a", "b"]
        assert archive.getinfo("a").external_attr >> 16 == 0o755
