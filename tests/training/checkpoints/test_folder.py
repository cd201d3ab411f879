"""The last few checkpoints, and what is done about damaged ones."""

import os

import pytest

from chainrule.training.checkpoints import CheckpointError, CheckpointFolder


def state(epoch, batch=0):
    return {"epoch": epoch, "batch": batch}


@pytest.fixture
def folder(tmp_path):
    return CheckpointFolder(tmp_path / "checkpoints")


def names(folder):
    return [path.name.removesuffix(".safetensors") for path in folder.paths()]


def test_the_last_are_kept_in_the_order_of_training(folder):
    for place in ((0, 3), (1, 0), (1, 2), (1, 10), (2, 0)):
        folder.save(state(*place), keep=3)
    assert names(folder) == ["epoch-000001-batch-000002", "epoch-000001-batch-000010", "epoch-000002"]
    assert folder.latest().state == state(2)


def test_without_any_there_is_none(folder):
    assert folder.latest() is None
    assert folder.paths() == []


def test_a_damaged_one_is_passed_over_with_a_message(folder):
    for epoch in (1, 2, 3):
        folder.save(state(epoch), keep=3)
    os.truncate(folder.paths()[2], 50)
    folder.paths()[1].write_bytes(b"")
    found = folder.latest()
    assert found.state == state(1)
    assert [message.split(" is damaged")[0].rpartition("/")[2] for message in found.damaged] == [
        "epoch-000003.safetensors", "epoch-000002.safetensors"]


def test_when_all_are_damaged_that_is_an_error_with_all_of_them(folder):
    for epoch in (1, 2):
        folder.save(state(epoch), keep=3)
    for path in folder.paths():
        os.truncate(path, 9)
    with pytest.raises(CheckpointError, match=r"(?s)000002.* is damaged.*000001.* is damaged"):
        folder.latest()


def test_what_is_of_a_past_that_was_given_up_goes(folder):
    for epoch in (1, 2, 3):
        folder.save(state(epoch), keep=3)
    folder.save(state(1, 5), keep=3)        # 2 and 3 were damaged, say, and it went on from 1
    assert names(folder) == ["epoch-000001", "epoch-000001-batch-000005"]


def test_what_a_killed_process_left_goes_and_nothing_else(folder):
    folder.save(state(1), keep=1)
    unfinished = folder.path / f".epoch-000002.safetensors.{'0f' * 16}"
    for path in (unfinished, folder.path / "notes.txt", folder.path / "best.safetensors", folder.path / ".hidden"):
        path.write_text("")
    assert folder.latest().state == state(1)
    folder.save(state(2), keep=1)
    assert sorted(path.name for path in folder.path.iterdir()) == [
        ".hidden", "best.safetensors", "epoch-000002.safetensors", "notes.txt"]


def test_a_write_that_fails_says_what_there_still_is(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match=r"epoch-000001.safetensors can not be written: No space left on device; "
                                              r"there is none yet"):
        folder.save(state(1), keep=1)
    monkeypatch.undo()
    folder.save(state(1), keep=1)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match=r"No space left on device; the last one is .*epoch-000001.safetensors"):
        folder.save(state(2), keep=1)
    assert names(folder) == ["epoch-000001"]
    assert folder.latest().state == state(1)
