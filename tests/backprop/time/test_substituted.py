"""Stand-ins: they run in training, their weights are the network's, and the network itself is left as it was."""

import numpy as np

from chainrule.backprop.time import CheckpointedLayer, Substituted
from chainrule.layers import GRU, Dropout, Linear, Select
from chainrule.models import Graph, Residual, Sequential


def network():
    shared = GRU(3, 3)
    return shared, Sequential(
        Residual(Sequential(shared, Select(0))), Linear(3, 3), Dropout(0.5, rng=np.random.default_rng(0)),
        Graph(["x"], {"a": (shared, "x"), "b": (Select(0), "a")}, ["b"]))


def test_all_but_the_containers_is_the_networks_own():
    shared, model = network()
    stand_in = CheckpointedLayer(shared, 2)
    other = Substituted(model, {shared: stand_in})
    inside = other._other
    assert inside[0].branch[0] is inside[3].nodes["a"] is stand_in
    assert model[0].branch[0] is model[3].nodes["a"] is shared
    assert inside[1] is model[1] and inside[2] is model[2]
    assert [id(each) for each in other.parameters()] == [id(each) for each in model.parameters()]


def test_training_runs_with_the_stand_ins_and_evaluation_without():
    shared, model = network()
    model.astype(np.float64)
    other = Substituted(model, {shared: CheckpointedLayer(shared, 2)})
    x = np.random.default_rng(1).normal(size=(5, 2, 3))
    state = model[2].rng.bit_generator.state
    y = model.forward(x)
    grad_x = model.backward(np.ones_like(y))
    wanted = [parameter.grad.copy() for parameter in model.parameters()]
    model.zero_grad()
    model[2].rng.bit_generator.state = state
    np.testing.assert_allclose(other.forward(x), y, rtol=1e-12)
    np.testing.assert_allclose(other.backward(np.ones_like(y)), grad_x, rtol=1e-10)
    for parameter, grad in zip(model.parameters(), wanted, strict=True):
        np.testing.assert_allclose(parameter.grad, grad, rtol=1e-10)
    other.eval()
    assert not model[2].training
    np.testing.assert_array_equal(other.forward(x), model.forward(x))
    assert other.cache.layer is model
