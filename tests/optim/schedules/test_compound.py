"""Schedules within schedules."""

from hypothesis import given, settings
from hypothesis import strategies as st


@given(st.integers(1, 15), st.permutations(["ExponentialLR", "PolynomialLR", "LambdaLR", "CosineAnnealingWarmRestarts",
                                            "MultiStepLR", "ConstantLR"]))
@settings(max_examples=20, deadline=None)
def test_any_one_after_any_other(pair, length, names):
    arguments = {"ExponentialLR": (0.9,), "PolynomialLR": (20, 2.0), "LambdaLR": (lambda step: 1 / (1 + step),),
                 "CosineAnnealingWarmRestarts": (4, 2, 0.01), "MultiStepLR": ([2, 5],), "ConstantLR": (0.5, 3)}
    both = pair()
    parts = [both.make(name, *arguments[name]) for name in names]
    both.race(both.make_sequence(parts, [length * (index + 1) for index in range(5)]), steps=50)


def test_a_chain_of_two_then_a_cycle(pair):
    both = pair()
    chain = both.make_chain([both.make("LinearLR", total_iters=6), both.make("ExponentialLR", 0.95)])
    cycle = both.make("CyclicLR", 0.01, 0.2, step_size_up=4)
    both.race(both.make_sequence([chain, cycle], [9]), steps=40)
