"""ExponentialLR against PyTorch."""

from hypothesis import given, settings
from hypothesis import strategies as st


@given(st.sampled_from([0.1, 0.9, 1.0, 1.1]))
@settings(max_examples=4, deadline=None)
def test_numbers_of_torch(pair, gamma):
    both = pair()
    both.race(both.make("ExponentialLR", gamma), steps=12 if gamma == 0.1 else 50)
