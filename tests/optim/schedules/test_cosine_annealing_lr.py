"""CosineAnnealingLR against PyTorch, beyond the end of its first half wave too."""

from hypothesis import given, settings
from hypothesis import strategies as st


@given(st.integers(1, 40), st.sampled_from([0.0, 0.01, 0.1]))
@settings(max_examples=30, deadline=None)
def test_numbers_of_torch(pair, T_max, eta_min):
    both = pair()
    both.race(both.make("CosineAnnealingLR", T_max, eta_min=eta_min), steps=min(2 * T_max + 3, 60))
