"""Every network is what it says in every library, and the sizes of the whole ones are those of their papers."""

import numpy as np
import pytest

from benchmarks.peers import ours
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS, choose

NETWORKS = [name for name, workload in WORKLOADS.items() if workload.network and not name.startswith("scale/")]
SMALL = ["train/mlp-64-32-10-b32", "train/gru-28-64-t28-b64", "layer/cross-entropy-1000-b256",
         "layer/attention-4x32-t64-b16", "layer/conv1x1-64-64-16px-b64", "infer/lenet5-b1",
         "fit/digits-mlp-64-256-10-until-97"]
SHORTCUTS = 16 * 32 + 32 * 64 + 2 * (32 + 64)       # convolutions and their batch norms, which the paper does without
PARAMETERS = {"train/lenet5-b64": 61_706, "train/resnet20-b64": 269_722 + SHORTCUTS}


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_fit_our_network(name):
    workload = WORKLOADS[name]
    state = ours.build(workload.network).state_dict()
    assert {key: array.shape for key, array in state.items()} == {
        key: array.shape for key, array in workload.weights().items()}


@pytest.mark.parametrize("name", PARAMETERS)
def test_known_networks_have_their_known_sizes(name):
    model = ours.build(WORKLOADS[name].network)
    assert sum(parameter.size for parameter in model.parameters()) == PARAMETERS[name]


def test_weights_and_data_are_the_same_each_time_and_differ_between_workloads():
    first, other = WORKLOADS["train/lenet5-b64"], WORKLOADS["train/vgg-small-b64"]
    assert isinstance(first, Workload)
    for again, same in ((first, True), (other, False)):
        assert np.array_equal(first.arrays()[1], again.arrays()[1]) == same
    assert all(np.array_equal(first.weights()[key], array) for key, array in first.weights().items())


@pytest.mark.parametrize("name", SMALL)
def test_pytorch_finds_the_same_numbers(name):
    pytest.importorskip("torch")
    from benchmarks.peers import torch_eager
    mine = ours.Ours(WORKLOADS[name]).numbers()
    theirs = torch_eager.TorchEager(WORKLOADS[name]).numbers()
    assert [number.name for number in mine] == [number.name for number in theirs]
    for a, b in zip(mine, theirs, strict=True):
        assert abs(a.value - b.value) <= 1e-4 * a.scale, a.name


def test_patterns_choose_by_wildcard_or_part():
    assert choose(["train/mlp-64*", "resnet"]) == ["train/mlp-64-32-10-b32", "train/resnet20-b64"]
    assert not any(name.startswith("scale/") for name in choose([]))
