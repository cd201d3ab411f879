"""The compiled rule of Adam takes the steps of its definition."""

import numpy as np
import pytest

from chainrule.optim.adam import adam_rule

pytest.importorskip("numba")


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-13), (np.float32, 1e-5)])
@pytest.mark.parametrize("beta1", [0.9, 0.3])
def test_same_as_definition(amsgrad, dtype, tolerance, beta1):
    rng = np.random.default_rng(0)
    ours = [np.zeros(701, dtype) for _ in range(4 if amsgrad else 3)]
    wanted = [array.copy() for array in ours]
    for step in range(20):
        grad = (rng.standard_normal(701) * 10.0 ** (step % 3)).astype(dtype)
        for arrays, rule in ((ours, adam_rule), (wanted, adam_rule.definition)):
            rule(arrays[0], grad, arrays[1], arrays[2], arrays[3] if amsgrad else None, 0.01, 1e-8, beta1, 0.99)
    for mine, theirs in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)
