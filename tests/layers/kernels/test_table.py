"""Adding rows to a table against np.add.at."""

import numpy as np
import pytest

from chainrule.layers.kernels import add_at


@pytest.mark.parametrize("shared", [False, True])
def test_named_often_added_often(shared):
    rng = np.random.default_rng(0)
    table, rows, indices = rng.normal(size=(6, 5)), rng.normal(size=(11, 5)), rng.integers(0, 5, 11)
    shares = rng.normal(size=11) if shared else None
    wanted = table.copy()
    np.add.at(wanted, indices, rows if shares is None else shares[:, None] * rows)
    add_at(table, indices, rows, shares)
    np.testing.assert_allclose(table, wanted, rtol=1e-12)
