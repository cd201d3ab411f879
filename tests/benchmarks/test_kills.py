"""A run that loses one of its processes, at moments of which few are tried here."""

import json
import sys

import pytest

from benchmarks.kills import kill_again_and_again


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("mpi", [False, True])
def test_the_others_end_at_once_and_the_run_goes_on_to_its_end(mpi, tmp_path):
    if mpi:
        pytest.importorskip("mpi4py")
    told = kill_again_and_again(["digits_cnn", "--set", "training.epochs=8"], 2, 4, 2.5, 1, tmp_path, mpi)
    assert told["code"] == 0, told["said"]
    assert len(told["seconds"]) == 4 and max(told["seconds"]) < 2
    [path] = tmp_path.glob("runs/digits_cnn-*")
    result = json.loads((path / "result.json").read_text())
    assert (result["status"], result["epoch"]) == ("finished", 8) and result["test_accuracy"] > 0.95
    if not mpi:
        assert not told["left in /dev/shm"]     # that of MPI has no name once all ranks are joined
