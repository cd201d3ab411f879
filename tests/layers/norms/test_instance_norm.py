"""Instance normalisation against PyTorch, in both modes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import InstanceNorm2d
from chainrule.layers.core import ShapeError


@given(axes=st.integers(1, 3), affine=st.booleans(), tracked=st.booleans(), training=st.booleans(),
       batched=st.booleans(), momentum=st.sampled_from([0.1, 0.7]), data=st.data())
def test_agrees_with_torch(agrees, axes, affine, tracked, training, batched, momentum, data):
    torch = pytest.importorskip("torch")
    spatial = data.draw(st.lists(st.integers(2, 4), min_size=axes, max_size=axes))
    name, options = f"InstanceNorm{axes}d", {"momentum": momentum, "affine": affine, "track_running_stats": tracked}
    theirs = getattr(torch.nn, name)(3, **options).double()
    ours = getattr(layers, name)(3, **options)
    rng = np.random.default_rng(0)
    if tracked:
        theirs.running_mean += torch.tensor(rng.normal(size=3))
        theirs.running_var += torch.tensor(rng.uniform(size=3))
    x = rng.normal(size=(*((2,) if batched else ()), 3, *spatial))
    agrees(ours.train(training), theirs.train(training), x)
    for key, value in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[key], value, rtol=1e-10, err_msg=key)


def test_a_single_place_has_no_statistics():
    with pytest.raises(ShapeError, match="expected more than one place to take statistics of"):
        InstanceNorm2d(3).forward(np.zeros((2, 3, 1, 1)))
