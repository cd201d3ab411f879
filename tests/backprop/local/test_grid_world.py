"""The field: walls, the goal, and the end of patience."""

import numpy as np
import pytest

from chainrule.backprop import GridWorld
from chainrule.layers.core import ValueRangeError


def test_the_shortest_way_costs_eight():
    world, total = GridWorld(5), 0.0
    world.reset()
    for action in (1, 3) * 4:
        observation, reward, ended, cut, _ = world.step(action)
        total += reward
    assert total == -8 and ended and not cut
    assert observation.argmax() == 24


def test_walls_hold_and_patience_ends():
    world = GridWorld(3, max_steps=4)
    start, _ = world.reset(seed=1)
    found = [world.step(action) for action in (0, 2, 0, 2)]
    assert all((observation == start).all() for observation, *_ in found)
    assert [cut for *_, cut, _ in found] == [False, False, False, True]
    assert np.count_nonzero(world.reset()[0]) == 1
    with pytest.raises(ValueRangeError, match="GridWorld expected size"):
        GridWorld(1)
