"""The cost table of Gruslys et al. 2016, the closed form of revolve, and a slow recursion of its own."""

from functools import cache

import pytest

from chainrule.backprop.time import TimePlan, binomial_steps
from chainrule.layers.core import UnknownNameError, ValueRangeError


def test_the_table_for_a_thousand_steps():
    plan = TimePlan(1000, 50)
    assert [plan.steps(slots=m) for m in (3, 5, 10, 20, 50)] == [13155, 7284, 4636, 3747, 2948]


@pytest.mark.parametrize("internal", [3, *(pytest.param(size, marks=pytest.mark.long) for size in (5, 8))])
def test_five_percent_of_the_memory_costs_950_steps_more(internal):
    assert TimePlan(1000, 50 * internal, "mixed", internal).steps() == 1950


def test_the_closed_form():
    plan = TimePlan(200, 20)
    assert all(plan.steps(t, m) == binomial_steps(t, m) for t in range(1, 201) for m in range(1, 21))


@pytest.mark.parametrize("internal", [1, 2, 3])
@pytest.mark.parametrize("policy", ["hidden", "internal", "mixed"])
def test_a_slow_recursion_agrees(policy, internal):
    """Written from the paper, with a bound on slots that are left instead of sentinels."""
    @cache
    def cost(t, m):
        if t <= 1:
            return t
        found = [t + cost(t - 1, m)]                                    # nothing stored
        for y in range(1, t):
            if policy != "internal" and m > 1:
                found.append(y + cost(t - y, m - 1) + cost(y, m))
            if policy != "hidden" and m > internal:
                found.append(y + cost(t - y, m - internal) + cost(y - 1, m))
        return min(found)

    plan = TimePlan(40, 7, policy, internal)
    assert all(plan.steps(t, m) == cost(t, m) for t in range(1, 41) for m in range(1, 8))


def test_one_slot_begins_again_for_every_step():
    assert TimePlan(100, 1).steps() == 100 * 101 // 2
    assert TimePlan(5, 9).steps() == binomial_steps(5, 9) == 9


def test_what_a_plan_can_not_do_is_refused():
    with pytest.raises(UnknownNameError, match="policy of TimePlan"):
        TimePlan(5, 2, "both")
    with pytest.raises(ValueRangeError, match="slots as a whole number of at least 1, got 0"):
        TimePlan(5, 0)
    with pytest.raises(ValueRangeError, match="a walk of 1 to 5 steps with 1 to 2 slots, got 6 and 2"):
        next(TimePlan(5, 2).stretches(6, 2))
