"""gather: whatever a checkpoint may hold, of every rank, to every rank."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError
from chainrule.training.parallel import Alone, any_rank, gather


def test_every_rank_has_all_values(ranks):
    values = [
        {"a": np.arange(5, dtype=np.int8), "b": [1, 2.5, None, "é", (float("nan"),)], "c": {7: True}},
        None,
        [np.float64(1.5), np.zeros((0, 3), np.float32), np.array(4)],
    ]
    found = ranks(3, lambda job: gather(values[job.rank], job))
    for each in found:
        assert str(each) == str(values)     # NaN is unlike itself
        assert each[0]["a"].dtype == np.int8 and each[2][1].shape == (0, 3) and each[2][2].shape == ()


def test_alone_it_is_the_value_itself():
    value = object()
    assert gather(value, Alone()) == [value]


def test_what_can_not_be_sent_is_refused(ranks):
    with pytest.raises(DtypeError, match="a checkpoint holds"):
        ranks(2, lambda job: gather({1, 2}, job))


@pytest.mark.parametrize("flags", [(False, False), (False, True), (True, True)])
def test_any_rank(ranks, flags):
    assert ranks(2, lambda job: any_rank(flags[job.rank], job)) == [any(flags)] * 2
