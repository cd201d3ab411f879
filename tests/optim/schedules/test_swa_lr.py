"""SWALR against PyTorch, from the start and after another schedule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, UnknownNameError
from chainrule.optim import SGD, SWALR

OPTIONS = st.fixed_dictionaries({"swa_lr": st.sampled_from([0.05, [0.05, 0.5]])}, optional={
    "anneal_epochs": st.integers(0, 30), "anneal_strategy": st.sampled_from(["cos", "linear"])})


@given(OPTIONS)
@settings(max_examples=20, deadline=None)
def test_numbers_of_torch(pair, options):
    both = pair()
    schedule = both.make("SWALR", **options)
    if options.get("anneal_epochs") != 0:
        both.compare()
    both.race(schedule)


@given(OPTIONS, st.integers(1, 20))
@settings(max_examples=20, deadline=None)
def test_after_another_schedule(pair, options, first):
    both = pair()
    falling, averaging = both.make("ExponentialLR", 0.9), both.make("SWALR", **options)
    both.race(falling, steps=first)
    both.race(averaging, steps=30)


def test_wrong_strategy():
    with pytest.raises(UnknownNameError, match="anneal_strategy of SWALR 'cosine'"):
        SWALR(SGD([Parameter(np.zeros(1))]), 0.1, anneal_strategy="cosine")
