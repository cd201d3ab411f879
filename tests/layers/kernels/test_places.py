"""Picking values at places, adding to them and writing over them against loops."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chainrule.layers.kernels import place_pick, place_put, place_route


@given(axes=st.integers(1, 3), lead=st.integers(0, 2), seed=st.integers(0, 99))
def test_they_do_what_a_loop_does(axes, lead, seed):
    rng = np.random.default_rng(seed)
    planes, spatial, outputs = (2, 3)[:lead], tuple(rng.integers(1, 5, axes)), tuple(rng.integers(1, 5, axes))
    x, grad_out = rng.normal(size=(*planes, *spatial)), rng.normal(size=(*planes, *outputs))
    places = rng.integers(0, np.prod(spatial), grad_out.shape)
    y, grad_x = place_pick(x, places, axes), place_route(grad_out, places, x.shape, axes)
    written, expected, last = place_put(grad_out, places, x.shape, axes), np.zeros_like(grad_x), np.zeros_like(grad_x)
    for at in np.ndindex(places.shape):
        source = (*at[:lead], *np.unravel_index(places[at], spatial))
        assert y[at] == x[source]
        expected[source] += grad_out[at]
        last[source] = grad_out[at]
    np.testing.assert_array_equal(written, last)
    np.testing.assert_allclose(grad_x, expected, rtol=1e-14, atol=1e-14)
