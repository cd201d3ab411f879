"""MultiStepLR against PyTorch: milestones in any order, some twice, some never reached."""

from hypothesis import given, settings
from hypothesis import strategies as st


@given(st.lists(st.integers(0, 60), max_size=6), st.sampled_from([0.1, 0.5, 2.0]))
@settings(max_examples=25, deadline=None)
def test_numbers_of_torch(pair, milestones, gamma):
    both = pair()
    both.race(both.make("MultiStepLR", [*milestones, *milestones[:1]], gamma))
