"""Windows of one pixel against the definition, with and without a bias, from memory of any layout."""

import numpy as np
import pytest

pytest.importorskip("numba")
from chainrule.layers.kernels import Window, correlation, set_num_threads
from chainrule.layers.kernels.fast import points

PIXEL = Window((1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("images", "inputs", "channels", "size"), [
    (3, 5, 7, (4, 3)), (1, 1, 2, (1, 5)), (9, 40, 24, (16, 17)), (0, 3, 2, (4, 4)),
])
@pytest.mark.parametrize("biased", [False, True])
def test_same_as_definition(images, inputs, channels, size, biased, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    x, grad_out = rng.normal(size=(images, inputs, *size)), rng.normal(size=(images, channels, *size))
    weight = rng.normal(size=(channels, inputs, 3, 3))[:, :, 1:2, 1:2]          # not in one piece
    bias = rng.normal(size=channels) if biased else None
    close = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(points.outputs(x, weight, bias),
                               correlation.correlate.definition(x, weight, bias, PIXEL), **close)
    np.testing.assert_allclose(points.input_grad(grad_out, weight),
                               np.einsum("nohw,oc->nchw", grad_out, weight[..., 0, 0]), **close)
    np.testing.assert_allclose(points.weight_grad(x, grad_out)[..., 0, 0],
                               np.einsum("nohw,nchw->oc", grad_out, x), **close)
