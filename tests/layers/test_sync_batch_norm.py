"""SyncBatchNorm over parts of a batch is BatchNorm over the whole, forward, back, and along tangents."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.layers import BatchNorm1d, BatchNorm2d, BatchNorm3d, Linear, SyncBatchNorm
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential

PARTS = [(5, 4), (0, 9), (2, 1, 6)]       # samples of each rank, nine together


def drawn(layer, dtype, rng):
    layer.astype(dtype)
    for parameter in layer.parameters():
        parameter.data = rng.normal(1, 0.5, parameter.shape)
    return layer


def run(layer, x, grad_out, x_dot):
    y = layer.forward(x)
    grad_x = layer.backward(grad_out)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, x_dot)
    return (y, grad_x, y_dot, grad_x_dot), [parameter.grad / 2 for parameter in layer.parameters()], \
        [parameter.grad_dot for parameter in layer.parameters()], layer.state_dict()


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-6), (np.float64, 1e-12)])
@pytest.mark.parametrize("parts", PARTS, ids=str)
@pytest.mark.parametrize("kind", [BatchNorm1d, BatchNorm2d, BatchNorm3d])
def test_parts_are_the_whole(ranks, kind, parts, dtype, tolerance):
    rng = np.random.default_rng(0)
    whole = drawn(kind(3, eps=0.01, momentum=None), dtype, rng)
    synchronized = [drawn(SyncBatchNorm(3, eps=0.01, momentum=None), dtype, rng) for _ in parts]
    for layer in synchronized:
        layer.load_state_dict(whole.state_dict())
    spatial = {BatchNorm1d: (2,), BatchNorm2d: (2, 1), BatchNorm3d: (1, 2, 2)}[kind]
    x, grad_out, x_dot = (rng.normal(mean, 2, (9, 3, *spatial)).astype(dtype) for mean in (3, 0, 0))
    edges = np.cumsum([0, *parts])

    def work(job):
        part = slice(edges[job.rank], edges[job.rank + 1])
        return run(synchronized[job.rank], x[part], grad_out[part], x_dot[part])

    found = ranks(len(parts), work)
    arrays, grads, grad_dots, state = run(whole, x, grad_out, x_dot)
    for index, wanted in enumerate(arrays):
        np.testing.assert_allclose(np.concatenate([each[0][index] for each in found]), wanted, tolerance, tolerance * 3)
    for place, wanted in ((1, grads), (2, grad_dots)):
        for index, each in enumerate(wanted):
            total = sum(part[place][index] for part in found)
            np.testing.assert_allclose(total, each, tolerance, 20 * tolerance)
    for *_, other in found:
        for name, value in state.items():
            np.testing.assert_allclose(other[name], value, tolerance, tolerance, err_msg=name)
        assert all((other[name] == found[0][3][name]).all() for name in state), "the ranks part"


def test_one_value_a_channel_is_too_few_over_all_ranks_alone(ranks):
    ranks(2, lambda job: SyncBatchNorm(2).forward(np.ones((1, 2), np.float32)))
    message = r"SyncBatchNorm\(2\) expected more than one value per channel to take statistics of, got 1"
    with pytest.raises(ValueRangeError, match=message):
        ranks(2, lambda job: SyncBatchNorm(2).forward(np.ones((1 - job.rank, 2), np.float32)))


def test_in_evaluation_nobody_waits(ranks):
    def work(job):
        if job.rank:
            return None
        return SyncBatchNorm(2).eval().forward(np.ones((1, 2), np.float32)).shape

    assert ranks(2, work) == [(1, 2), None]


def test_conversion_keeps_layers_parameters_and_names(ranks):
    model = Sequential(Linear(4, 3, rng=np.random.default_rng(0)), BatchNorm1d(3))
    before, names = model[1].weight, list(model.state_dict())
    assert SyncBatchNorm.convert_sync_batchnorm(model) is model
    assert model[1].weight is before
    assert list(model.state_dict()) == names == list(Sequential(Linear(4, 3), SyncBatchNorm(3)).state_dict())
    x = np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32)
    networks = [deepcopy(model) for _ in range(2)]      # a copy is synchronized, too
    found = ranks(2, lambda job: networks[job.rank].forward(x[job.rank::2]))
    y = model.forward(x)
    for rank in range(2):
        np.testing.assert_allclose(found[rank], y[rank::2], 1e-5, 1e-6)
