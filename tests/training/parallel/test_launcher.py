"""Starting processes, and ending all of them: small programs that know nothing of Chainrule stand for its ranks."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chainrule.layers.core import StateError
from chainrule.training.parallel import launch, launch_mpi

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks for processes and signals of POSIX")

PROGRAM = """
import os, pathlib, signal, sys, time
rank, size, _ = os.environ["CHAINRULE_MEMBERSHIP"].split()
def others():
    pathlib.Path(f"pid{rank}").write_text(str(os.getpid()))
    while len(list(pathlib.Path().glob("pid?"))) < int(size):
        time.sleep(0.001)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that writes what every rank runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return lambda text: (tmp_path / "program.py").write_text(PROGRAM + text)


def is_gone(pid):
    """Return whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")      # ended, and nobody asked how
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def pids():
    return [int(path.read_text()) for path in Path().glob("pid?")]


def test_all_ranks_run_and_their_words_are_told_apart(program, capfd):
    program("print('to all', rank, sys.argv[1:]); print('of', rank, os.environ['WORD'], file=sys.stderr)")
    ended = launch("program", ["a", "--b"], 3, {"WORD": "given"})
    assert (ended.code, ended.received) == (0, None)
    out, err = capfd.readouterr()
    assert out == "to all 0 ['a', '--b']\n"
    assert sorted(err.splitlines()) == ["[rank 1] of 1 given", "[rank 2] of 2 given", "of 0 given"]


def test_an_error_on_one_rank_ends_the_others_with_its_traceback(program, capfd):
    program("others()\nif rank == '1': raise ValueError('wrong here')\ntime.sleep(100)")
    ended = launch("program", [], 3)
    assert (ended.code, ended.how) == (1, "rank 1 ended with code 1")
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "[rank 1] Traceback (most recent call last):"
    assert lines[-1] == "[rank 1] ValueError: wrong here"
    assert len(pids()) == 3 and all(map(is_gone, pids()))


def test_a_rank_that_ends_well_is_not_waited_for(program, capfd):
    program("from chainrule.training.parallel import find_communicator\njob = find_communicator()\njob.barrier()\n"
            "if rank == '1': os._exit(0)\njob.barrier()")
    ended = launch("program", [], 2)
    assert (ended.code, ended.how) == (1, "rank 0 ended with code 1")
    assert "StateError: rank 1 has ended, and rank 0 waits for it" in capfd.readouterr().err


def test_a_rank_that_is_killed_ends_the_others(program):
    program("others()\nif rank == '0': os.kill(os.getpid(), signal.SIGKILL)\ntime.sleep(100)")
    ended = launch("program", [], 2)
    assert (ended.code, ended.how) == (137, "rank 0 was killed by SIGKILL")
    assert all(map(is_gone, pids()))


def test_a_signal_goes_to_all_and_they_may_end_in_their_own_time(program):
    program("signal.signal(signal.SIGTERM, lambda *_: sys.exit(int(rank) and (time.sleep(0.2), 143)[1]))\n"
            "others()\nif rank == '0': os.kill(os.getppid(), signal.SIGTERM)\ntime.sleep(100)")
    before = signal.getsignal(signal.SIGTERM)
    ended = launch("program", [], 2)
    assert (ended.code, ended.how, ended.received) == (143, "rank 1 ended with code 143", signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_signal_ends_those_that_did_not_heed_the_first(program):
    program("signal.signal(signal.SIGINT, lambda *_: os.kill(os.getppid(), signal.SIGTERM))\n"
            "others()\nif rank == '0': os.kill(os.getppid(), signal.SIGINT)\nwhile True: time.sleep(100)")
    ended = launch("program", [], 1)
    assert (ended.code, ended.received) == (137, signal.SIGTERM)


@pytest.mark.parametrize("missing", ["mpiexec", "mpi4py"])
def test_what_mpi_needs_is_said(monkeypatch, missing):
    where = "chainrule.training.parallel.launcher"
    monkeypatch.setattr(f"{where}.shutil.which", lambda name, path: None if missing == "mpiexec" else "mpiexec")
    monkeypatch.setattr(f"{where}.find_spec", lambda name: None)
    with pytest.raises(StateError, match=f"expected {missing} to be installed; pip install \"chainrule\\[mpi\\]\", or"):
        launch_mpi("program", [], 2)


@pytest.mark.long
def test_ranks_end_with_the_launcher_however_that_ends(program, tmp_path):
    program("from chainrule.training.parallel import find_communicator\nothers()\nfind_communicator().barrier()\n"
            "pathlib.Path('ready' + rank).touch()\ntime.sleep(100)")
    code = "from chainrule.training.parallel import launch; launch('program', [], 2)"
    launcher = subprocess.Popen([sys.executable, "-c", code])
    while len(list(tmp_path.glob("ready?"))) < 2:
        assert launcher.poll() is None
        time.sleep(0.01)
    launcher.kill()
    launcher.wait()
    deadline = time.monotonic() + 10
    while not all(map(is_gone, pids())):
        assert time.monotonic() < deadline
        time.sleep(0.01)
