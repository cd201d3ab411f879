"""The counts of the literature: 20 as written, 14 in a plain sweep, 10 in forward and reverse order."""

from chainrule.backprop.jacobian import (
    forward_order,
    markowitz_order,
    multiplications,
    reverse_order,
    sum_of_paths,
    sweeps,
)


def test_the_counts_of_the_slide(slide):
    assert sum_of_paths(slide) == 20
    assert sweeps(slide) == (14, 14)
    assert multiplications(slide, forward_order(slide)) == 10
    assert multiplications(slide, reverse_order(slide)) == 10
    assert multiplications(slide, [1, 3, 2]) == 14


def test_counting_changes_nothing(slide):
    before = dict(slide.edges)
    multiplications(slide, markowitz_order(slide))
    assert slide.edges == before
    assert slide.multiplications == 0


def test_forward_and_reverse_order_are_what_they_say(lion):
    assert forward_order(lion) == ["a", "b"]
    assert reverse_order(lion) == ["b", "a"]


def test_markowitz_takes_the_cheapest_first(slide):
    assert markowitz_order(slide)[0] == 2
    assert multiplications(slide, markowitz_order(slide)) == 7
