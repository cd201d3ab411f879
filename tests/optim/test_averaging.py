"""Averaged models against torch.optim.swa_utils."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Add, BatchNorm1d, Linear
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.models import Graph, Sequential
from chainrule.optim import AveragedModel, get_ema_avg_fn, get_swa_avg_fn, update_bn
from chainrule.testing import check_layer


def pair_of_models(torch):
    ours = Sequential(Linear(3, 4), BatchNorm1d(4), Linear(4, 2)).astype(np.float64)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)).double()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@given(st.sampled_from([None, "swa", 0.999, 0.5, 0.0, 1.0]), st.booleans(), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(kind, use_buffers, seed):
    torch, rng = pytest.importorskip("torch"), np.random.default_rng(seed)
    swa_utils = torch.optim.swa_utils
    ours, theirs = pair_of_models(torch)
    if isinstance(kind, float):
        functions = get_ema_avg_fn(kind), swa_utils.get_ema_avg_fn(kind)
    else:
        functions = (get_swa_avg_fn(), swa_utils.get_swa_avg_fn()) if kind else (None, None)
    use_buffers = use_buffers and kind is not None      # PyTorch's default fails with the integers among the buffers
    mine = AveragedModel(ours, functions[0], use_buffers)
    other = swa_utils.AveragedModel(theirs, avg_fn=functions[1], use_buffers=use_buffers)
    for _ in range(10):
        state = {name: rng.uniform(0.5, 2, array.shape) if array.dtype.kind == "f" else array + 1
                 for name, array in ours.state_dict().items()}
        ours.load_state_dict(state)
        theirs.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
        mine.update_parameters(ours)
        other.update_parameters(theirs)
        averages = other.state_dict()
        assert set(mine.state_dict()) == set(averages)
        for name, value in mine.state_dict().items():
            np.testing.assert_allclose(value, averages[name].numpy(), rtol=1e-10, atol=1e-12)
    x = rng.standard_normal((5, 3))
    np.testing.assert_allclose(mine.eval().forward(x), other.eval()(torch.tensor(x)).detach().numpy(), rtol=1e-10)
    again = AveragedModel(ours)
    again.load_state_dict(averages)
    np.testing.assert_equal(again.state_dict(), mine.state_dict())


def test_the_copy_is_its_own():
    model = Linear(2, 1)
    averaged = AveragedModel(model)
    averaged.update_parameters(model)
    before = averaged.module.weight.data.copy()
    model.weight.data += 1
    np.testing.assert_array_equal(averaged.module.weight.data, before)
    assert averaged.module.weight.dtype == np.float32
    averaged.update_parameters(model)
    assert averaged.module.weight.dtype == np.float32


def test_it_is_a_layer():
    assert check_layer(AveragedModel(Sequential(Linear(5, 4), Linear(4, 3))), (7, 5)).problems == []


def test_wrong_arguments():
    with pytest.raises(ValueRangeError, match=r"get_ema_avg_fn expected decay in \[0, 1\], got 1.5"):
        get_ema_avg_fn(1.5)
    with pytest.raises(ShapeError, match=r"arrays of shape \(1, 2\), \(1,\), got \(2, 2\), \(2,\)"):
        AveragedModel(Linear(2, 1)).update_parameters(Linear(2, 2))


@pytest.mark.parametrize("paired", [False, True])
def test_statistics_of_batch_norms_taken_anew_are_those_of_torch(paired):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4, momentum=0.3)).double().eval()
    ours = Sequential(Linear(3, 4), BatchNorm1d(4, momentum=0.3)).astype(np.float64).eval()
    ours.load_state_dict(theirs.state_dict())
    batches = np.random.default_rng(0).normal(1, 2, size=(3, 6, 3))
    update_bn([(batch, None) for batch in batches] if paired else batches, ours)
    torch.optim.swa_utils.update_bn([torch.tensor(batch) for batch in batches], theirs)
    assert ours[1].momentum == 0.3 and not ours.training
    for name, value in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[name], value, rtol=1e-12, err_msg=name)


def test_update_bn_leaves_everything_as_it_was_when_a_batch_fails():
    norm = BatchNorm1d(3, momentum=0.3)
    model = Sequential(Linear(2, 3), norm, Linear(3, 1))
    norm.running_mean.assign([1.0, 2.0, 3.0])
    norm.training = False
    before = model.state_dict()

    def batches():
        yield np.ones((4, 2), np.float32)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_bn(batches(), model)
    assert all((model.state_dict()[name] == value).all() for name, value in before.items())
    assert norm.momentum == 0.3 and not norm.training and model.training and model[0].training


def test_update_bn_gives_a_network_all_its_inputs():
    norm = BatchNorm1d(1)
    model = Graph(["a", "b"], {"sum": (Add(), "a", "b"), "y": (norm, "sum")}, ["y"])
    update_bn([((np.array([[0.0], [2.0]]), np.array([[1.0], [1.0]])), None)], model)
    assert norm.running_mean.data.item() == 2
