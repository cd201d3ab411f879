"""What every communicator does alike."""

import subprocess
import sys

import pytest


@pytest.mark.long
def test_abort_ends_the_process_at_once_and_shows_what_was_written():
    code = ("import atexit; from chainrule.training.parallel import Alone\n"
            "atexit.register(print, 'late'); print('before'); Alone().abort(7)")
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (7, "before\n")
