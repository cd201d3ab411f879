"""Every explanation by its name: an array like the input, the same when asked again, nothing changed."""

import numpy as np
import pytest

import chainrule
from chainrule.analysis.saliency import METHODS


@pytest.mark.parametrize("name", METHODS)
def test_every_method_explains(name, model, x):
    before, asked = model.state_dict(), x.copy()
    masks = []
    for _ in range(2):
        chainrule.manual_seed(0)        # of the noise
        masks.append(METHODS[name](model, x, np.array([1, 0, 4])))
    assert masks[0].shape == x.shape and masks[0].dtype == x.dtype and masks[0].any()
    np.testing.assert_array_equal(*masks)
    np.testing.assert_equal(model.state_dict(), before)
    np.testing.assert_array_equal(x, asked)
    assert not any(parameter.reached for parameter in model.parameters())
