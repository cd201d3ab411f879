"""joined: what a process belongs to, inside of the block and no longer."""

import pytest

from chainrule.layers.core import all_reduce_
from chainrule.training.parallel import Alone, apart, current, joined


class Counting(Alone):
    size = 2
    calls = 0

    def all_reduce_(self, array):
        self.calls += 1


def test_joined_is_current_for_trainers_and_layers():
    job = Counting()
    before = current()
    with joined(job) as queued:
        assert current() is queued and queued.size == 2
        all_reduce_(None)
        with apart():
            all_reduce_(None)
        assert job.calls == 1
    assert current() is before and before.size == 1
    all_reduce_(None)
    assert job.calls == 1


def test_an_error_leaves_the_job():
    with pytest.raises(ZeroDivisionError), joined(Counting()):
        raise ZeroDivisionError
    assert current().size == 1
