"""Run folders: all or nothing, and never one over another."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from chainrule.experiments.runs.folder import RunFolder


def test_nothing_is_seen_before_it_is_shown_and_everything_after(tmp_path):
    with RunFolder(tmp_path / "runs", "name", "f00d") as folder:
        folder.write("a.txt", b"1")
        assert [path for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")] == []
        folder.show()
        folder.write("b.txt", b"2")
    assert {path.name for path in folder.path.iterdir()} == {"a.txt", "b.txt"}
    assert folder.path.parent == tmp_path / "runs"
    assert folder.path.name.startswith("name-2")
    assert folder.path.name.endswith("-f00d")


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_a_folder_that_was_not_shown_leaves_nothing(tmp_path, error):
    try:
        with RunFolder(tmp_path / "deep" / "runs", "name", "f00d") as folder:
            folder.write("a.txt", b"1")
            if error is not None:
                raise error
    except (RuntimeError, KeyboardInterrupt):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_shown_folder_stays_whatever_comes(tmp_path):
    with pytest.raises(RuntimeError), RunFolder(tmp_path, "name", "f00d") as folder:
        folder.show()
        raise RuntimeError
    assert folder.path.is_dir()


def test_folders_that_were_there_are_left_alone(tmp_path):
    (tmp_path / "runs").mkdir()
    with RunFolder(tmp_path / "runs", "name", "f00d"):
        pass
    assert list(tmp_path.iterdir()) == [tmp_path / "runs"]


@pytest.mark.skipif(os.name == "nt", reason="Windows locks no folders")
def test_what_killed_processes_left_unseen_goes_and_nothing_else(tmp_path):
    def left(name, age):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text("")
        os.utime(tmp_path / name, times=(time.time() - age,) * 2)

    left(".name-20261121-120000-f00d-12345678", 100)
    left(".name-20261121-120000-f00d-00000000", 0)          # just made, perhaps not yet held
    left(".git", 100)
    with RunFolder(tmp_path, "name", "f00d") as first:
        os.utime(first.path, times=(0, 0))                  # at work since long ago
        with RunFolder(tmp_path, "name", "beef"):
            assert {path.name for path in tmp_path.iterdir()} > {
                first.path.name, ".git", ".name-20261121-120000-f00d-00000000"}
            assert not (tmp_path / ".name-20261121-120000-f00d-12345678").exists()


def test_runs_of_one_moment_get_folders_of_their_own(tmp_path):
    def make(index):
        with RunFolder(tmp_path, "name", "f00d") as folder:
            folder.write("index", str(index).encode())
            folder.name = "name-20300101-000000"
            folder.show()
        return folder.path

    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(make, range(24)))
    assert len(set(paths)) == 24
    assert {path.name for path in paths} == {"name-20300101-000000", *(f"name-20300101-000000-{n}"
                                                                      for n in range(2, 25))}
    assert sorted(int((path / "index").read_text()) for path in paths) == list(range(24))


def test_a_file_in_the_place_of_the_folder_is_an_error_of_the_system(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(OSError), RunFolder(tmp_path / "runs", "name", "f00d"):
        pass
