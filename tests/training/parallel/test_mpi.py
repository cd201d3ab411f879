"""Jobs of MPI: sums, and ends of all kinds, in real processes."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from chainrule.layers.core import StateError
from chainrule.training.parallel import launch_mpi, mpi

pytestmark = pytest.mark.long

PROGRAM = """
import json, os, signal, sys, time
from pathlib import Path
import numpy as np
from chainrule.training.parallel import find_communicator
job, out = find_communicator(), Path(sys.argv[1])
"""
SUMS = """
found = []
for length in (1, 3, 4097, 300_007):
    for dtype in ("float32", "float64", "int64"):
        array = (1e6 * np.random.default_rng([job.rank, length]).standard_normal(length)).astype(dtype)
        job.all_reduce_(array)
        copied = array.copy() if job.rank == job.size - 1 else np.empty_like(array)
        job.broadcast_(copied, job.size - 1)
        job.barrier()
        assert copied.tobytes() == array.tobytes()
        found.append(array)
np.savez(out / f"{job.rank}.npz", *found)
(out / f"{job.rank}.json").write_text(json.dumps([job.rank, job.size, job.neighbours]))
"""
ENDS = """
for step in range(10_000):
    array = np.ones(3000, np.float32)
    job.all_reduce_(array)
    if step == 50 and job.rank == 1:
        (out / "ending").touch()
        {end}
(out / "never").touch()
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Return a function that runs a program on ranks of MPI."""
    pytest.importorskip("mpi4py")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    def start(text, size):
        (tmp_path / "program.py").write_text(PROGRAM + text)
        return launch_mpi("program", [str(tmp_path)], size)

    return start


@pytest.mark.parametrize("size", [1, 2, 3])
def test_sums_are_those_over_all_ranks_with_the_same_bits_on_each(start, size, tmp_path):
    ended = start(SUMS, size)
    assert ended.code == 0, ended.how
    for rank in range(size):
        assert json.loads((tmp_path / f"{rank}.json").read_text()) == [rank, size, size]
    for name, first in np.load(tmp_path / "0.npz").items():
        numbers = [(1e6 * np.random.default_rng([rank, len(first)]).standard_normal(len(first))).astype(first.dtype)
                   for rank in range(size)]
        np.testing.assert_allclose(first, sum(numbers), rtol=1e-6, atol=1)
        assert all(np.load(tmp_path / f"{rank}.npz")[name].tobytes() == first.tobytes() for rank in range(size))


@pytest.mark.parametrize(("end", "code"), [("raise ValueError('wrong here')", 1), ("sys.exit(3)", 3),
                                           ("job.abort(5)", 5), ("os.kill(os.getpid(), signal.SIGKILL)", 9)])
def test_a_rank_that_ends_ends_the_others(start, tmp_path, capfd, end, code):
    ended = start(ENDS.format(end=end), 3)
    waited = time.time() - (tmp_path / "ending").stat().st_mtime
    assert (ended.code, ended.how) == (code, f"mpiexec ended with code {code}")
    assert waited < 2 and not (tmp_path / "never").exists()
    if code == 1:
        assert "ValueError: wrong here" in capfd.readouterr().err


@pytest.mark.skipif(not Path("/dev/shm").exists(), reason="looks there")
def test_a_killed_job_leaves_no_memory(start):
    before = set(Path("/dev/shm").glob("mpich*"))
    start(ENDS.format(end="os.kill(os.getpid(), signal.SIGKILL)"), 2)
    assert set(Path("/dev/shm").glob("mpich*")) <= before


def test_an_mpi_for_one_thread_is_refused(monkeypatch):
    class Library:
        THREAD_SERIALIZED = 2
        rc = type("rc", (), {})

        @staticmethod
        def Query_thread():
            return 1

    Library.MPI = Library
    monkeypatch.setattr(mpi, "mpi4py", Library)
    with pytest.raises(StateError, match="MPI was initialised for one thread, and gradients are exchanged by another"):
        mpi.MPI()
