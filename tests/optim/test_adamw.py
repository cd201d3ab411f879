"""AdamW against PyTorch over all its options."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.optim import Adam, AdamW


@given(st.fixed_dictionaries({
    "lr": st.sampled_from([1e-3, 0.2]), "betas": st.sampled_from([(0.9, 0.999), (0.5, 0.5)]),
    "eps": st.sampled_from([1e-8, 1e-2]), "amsgrad": st.booleans(), "maximize": st.booleans()},
    optional={"weight_decay": st.sampled_from([0, 0.3])}), st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    pair = twins([(3, 5), (5,), (), (2, 1, 3)], seed)
    pair.race(AdamW(pair.ours, **chosen), pair.torch.optim.AdamW(pair.theirs, **chosen), present=present)


def test_it_is_adam_with_another_decay(twins):
    pair = twins([(3, 4), (2,)])
    adamw = AdamW(pair.ours, weight_decay=0.2)
    adam = pair.torch.optim.Adam(pair.theirs, weight_decay=0.2, decoupled_weight_decay=True)
    pair.race(adamw, adam)
    assert isinstance(adamw, Adam)
    assert adamw.param_groups[0]["decoupled_weight_decay"] is True
