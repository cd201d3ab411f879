"""Adafactor against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import Adafactor

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([1e-2, 0.5]), "beta2_decay": st.sampled_from([-0.8, -0.1, 0.0]),
    "eps": st.sampled_from([(None, 1e-3), (1e-3, 0.5), (0.5, 0.0)]), "d": st.sampled_from([1.0, 2.0]),
    "weight_decay": st.sampled_from([0, 0.1]), "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(Adafactor, chosen, present, seed)


def test_memory_of_rows_and_columns():
    parts = [Parameter(np.ones(shape)) for shape in ((4, 30, 50), (7,), ())]
    optimizer = Adafactor(parts)
    for part in parts:
        part.grad = np.ones(part.shape)
    optimizer.step()
    shapes = [{name: np.shape(value) for name, value in entry.items() if name != "step"}
              for entry in optimizer.state_dict()["state"].values()]
    assert shapes == [{"row_var": (4, 30, 1), "col_var": (4, 1, 50)}, {"variance": (7,)}, {"variance": ()}]


def test_wrong_options():
    for options, text in (({"eps": (-1, 1e-3)}, r"eps\[0\] in \[0, inf\], got -1"),
                          ({"eps": (None, -1)}, r"eps\[1\] in \[0, inf\], got -1"),
                          ({"beta2_decay": 0.5}, r"beta2_decay in \[-inf, 0\], got 0.5"), ({"d": 0.5}, "d in"),
                          ({"lr": -1}, "lr in")):
        with pytest.raises(ValueRangeError, match=f"Adafactor expected {text}"):
            Adafactor([Parameter([1.0])], **options)
