"""Sides take turns, an unsettled one gets more blocks, and who disagrees or fails is reported instead of timed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.measure import Result, Row, Settings, alternate
from benchmarks.workload import Unable

HOUSE = Path(__file__).resolve().parents[2]


class FakeSide:
    """Answers blocks with given times, and keeps a record of who was asked."""

    def __init__(self, peer, times, record):
        self.peer, self.times, self.record, self.steps = peer, iter(times), record, 10

    def ask(self, command, steps):
        self.record.append(self.peer)
        seconds = next(self.times)
        if seconds is None:
            raise Unable("no more")
        return {"seconds": seconds * steps, "fastest": seconds}


def run(times, settings, monkeypatch):
    monkeypatch.setattr(measure, "PAUSE", 0.0)
    record = []
    results = {FakeSide(peer, seconds, record): Result() for peer, seconds in times.items()}
    alternate(results, settings)
    return Row("made up", "a", {side.peer: result for side, result in results.items()}), record


def test_sides_take_turns_and_no_side_is_always_first(monkeypatch):
    row, record = run({"a": [1.0] * 9, "b": [2.0] * 9}, Settings(blocks=4, limit=9), monkeypatch)
    assert "".join(record) == "abbaabba"
    assert row.ratios("b") == [0.5] * 4
    assert row.fastest_ratio("b") == 0.5
    assert row.results["a"].settled


def test_a_side_that_disagrees_with_itself_gets_more_blocks_and_is_marked(monkeypatch):
    row, record = run({"a": range(1, 10), "b": [2.0] * 9}, Settings(blocks=2, limit=6), monkeypatch)
    assert len(record) == 12
    assert not row.results["a"].settled
    assert row.results["b"].settled


def test_a_side_that_fails_is_left_out_with_its_reason(monkeypatch):
    row, record = run({"a": [1.0] * 9, "b": [2.0, None]}, Settings(blocks=4, limit=4), monkeypatch)
    assert row.results["b"].unable == "no more"
    assert row.ratios("b") == []
    assert record.count("a") == 4


def test_numbers_must_agree_to_one_in_ten_thousand():
    expected = [["loss of step 0", 2.0, 2.0], ["length of gradient", 1.0, 1.0]]
    measure._check([["loss of step 0", 2.0001, 2.0]], expected, "chainrule")
    for wrong in (2.0003, float("nan")):
        with pytest.raises(Unable, match="disagrees: loss of step 0"):
            measure._check([["loss of step 0", wrong, 2.0]], expected, "chainrule")
    with pytest.raises(Unable, match="nothing to compare"):
        measure._check([], expected, "chainrule")


def test_the_command_measures_and_stores(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "--quick", "--threads", "1", "--peers", "chainrule-numpy",
               "--output", str(tmp_path / "found"), "train/mlp-64-32-10*"]
    result = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    (row,) = json.loads((tmp_path / "found.json").read_text())["rows"]
    assert {peer: (len(found["times"]), found["unable"]) for peer, found in row["results"].items()} == {
        "chainrule": (4, ""), "chainrule-numpy": (4, "")}
    assert all(found["baseline"] > 0 for found in row["results"].values())
    assert "| train/mlp-64-32-10-b32 |" in (tmp_path / "found.md").read_text()


def test_unknown_peers_and_workloads_are_named():
    for arguments, message in ((["--peers", "torchh"], "unknown peers torchh"), (["nothing-like-it"], "no workload")):
        result = subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=HOUSE, capture_output=True,
                                text=True, check=False, timeout=60)
        assert result.returncode == 2
        assert message in result.stderr
