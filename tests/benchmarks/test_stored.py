"""Results are found again, are measured once, and end in time."""

import json

import pytest

from benchmarks.stored import Stored


def test_a_run_is_made_once_and_found_again(tmp_path):
    assert Stored("speed", folder=tmp_path).once(lambda: [1.5, 2], "adding", "0") == [1.5, 2]
    again = Stored("speed", folder=tmp_path)
    assert again.once(lambda: pytest.fail("ran twice"), "adding", "0") == [1.5, 2]
    assert again.once(lambda: 3, "adding", "1") == 3
    assert json.loads((tmp_path / "speed.json").read_text("utf-8")) == {"adding": {"0": [1.5, 2], "1": 3}}


def test_out_of_time_nothing_begins_and_what_is_stored_is_still_told(tmp_path):
    Stored("speed", folder=tmp_path).once(lambda: 1, "0")
    late = Stored("speed", seconds=0, folder=tmp_path)
    assert late.once(lambda: pytest.fail("began too late"), "1") is None
    assert late.once(lambda: pytest.fail("ran twice"), "0") == 1


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    stored = Stored("speed", folder=tmp_path)
    stored.once(lambda: 1, "0")
    with pytest.raises(TypeError):
        stored.once(object, "1")
    assert Stored("speed", folder=tmp_path).results == {"0": 1}
