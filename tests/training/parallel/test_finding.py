"""Which job a process belongs to, by its environment."""

import os
import subprocess
import sys
import types

import pytest

import chainrule
from chainrule.layers.core import StateError
from chainrule.training.parallel import Alone, finding
from chainrule.training.parallel.finding import find_communicator

find = find_communicator.__wrapped__        # not what was found before


def test_a_process_that_nobody_started_as_a_rank_is_alone():
    assert isinstance(find(), Alone)
    assert find_communicator() is find_communicator()


def test_mpiexec_without_mpi4py_is_one_clear_error(monkeypatch):
    monkeypatch.setattr(finding, "_MPI_SIZE", 4)
    with pytest.raises(StateError, match="this is one of 4 processes of MPI that know nothing of each other; start "
                                         "them by mpiexec -n 4 python -m mpi4py -m chainrule train CONFIG, with mpi4py "
                                         r'from pip install "chainrule\[mpi\]"'):
        find()


def test_processes_that_mpi4py_runs_belong_to_mpi(monkeypatch):
    class MPI(Alone):
        neighbours = 2

    monkeypatch.setattr(finding, "MPI", MPI)
    monkeypatch.setitem(sys.modules, "mpi4py.run", types.ModuleType("mpi4py.run"))
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    chainrule.set_num_threads(5)
    assert isinstance(find(), MPI)
    assert chainrule.get_num_threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    chainrule.set_num_threads(4)
    find()
    assert chainrule.get_num_threads() == 4


@pytest.mark.long
@pytest.mark.parametrize("rank", [0, 3])
def test_only_the_first_rank_says_what_all_have_to_say(rank):
    code = "import sys; from chainrule.cli import main; sys.exit(main(['train', 'xor', '--runs', 'never']))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                           env={**os.environ, "PMI_SIZE": "4", "PMI_RANK": str(rank)})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == (rank == 0)
