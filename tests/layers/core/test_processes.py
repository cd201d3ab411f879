"""all_reduce_: nothing for a process that is alone, and the job's own sum inside of one."""

import threading

import numpy as np

from chainrule.layers.core import all_reduce_, reducing


def test_alone_an_array_stays_as_it_is():
    array = np.arange(3.0)
    all_reduce_(array)
    assert array.tolist() == [0, 1, 2]


def test_blocks_nest_and_belong_to_their_thread():
    seen = []
    with reducing(lambda array: seen.append("outer")):
        with reducing(lambda array: seen.append("inner")):
            all_reduce_(np.zeros(1))
        with reducing(None):
            all_reduce_(np.zeros(1))
        other = threading.Thread(target=all_reduce_, args=(np.zeros(1),))
        other.start()
        other.join()
        all_reduce_(np.zeros(1))
    all_reduce_(np.zeros(1))
    assert seen == ["inner", "outer"]


def test_over_ranks(ranks):
    def work(job):
        array = np.array([job.rank, 1.0])
        all_reduce_(array)
        return array.tolist()

    assert ranks(3, work) == [[3, 3]] * 3
