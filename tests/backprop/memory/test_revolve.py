"""Binomial checkpointing against the closed form of Griewank and Walther."""

from math import comb

import pytest

from chainrule.backprop.memory import Computation, Node, check_schedule, revolve, revolve_cost, simulate


def closed_form(steps, slots):
    repeats = next(r for r in range(steps + 1) if comb(slots + r, slots) >= steps)
    return repeats * steps - comb(slots + repeats, slots + 1)


@pytest.mark.parametrize("slots", [1, 2, 3, 5, 9])
def test_cost_is_the_binomial_closed_form(slots):
    assert [revolve_cost(steps, slots) for steps in range(1, 61)] == [closed_form(n, slots) for n in range(1, 61)]


@pytest.mark.parametrize("slots", [1, 2, 4, 7])
def test_the_schedule_runs_in_its_slots_at_its_cost(slots):
    steps = 23
    chain = Computation(tuple(Node(str(v), 1, 1, (v - 1,) if v else (), (v - 1,) if v else ()) for v in range(steps)))
    schedule = revolve(steps, slots)
    check_schedule(chain, schedule)
    profile = simulate(chain, schedule)
    assert profile.cost == closed_form(steps, slots) + 1        # the last value, for the loss
    assert profile.peak <= slots - 1 + 2 + 2                    # stored, two in work, two gradients
