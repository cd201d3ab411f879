"""evaluate and predict: nothing changes, and the batch size does not matter."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import Copy, Dropout, Identity, Linear, Tanh
from chainrule.layers.core import DtypeError, NonFiniteError, ValueRangeError
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential
from chainrule.training import evaluate, predict


def model():
    return Sequential(Linear(3, 5), Tanh(), Dropout(0.5), Linear(5, 4)).astype(np.float64)


def data(n_samples=29):
    rng = np.random.default_rng(0)
    return ArrayDataset(rng.normal(size=(n_samples, 3)), rng.integers(0, 4, n_samples))


@pytest.mark.parametrize("size", [1, 4, 29, None])
def test_the_batch_size_does_not_matter(size):
    network, loss, dataset = model(), CrossEntropyLoss(weight=[1.0, 2.0, 0.5, 3.0]), data()
    found = evaluate(network, loss, DataLoader(dataset, size), ["accuracy"])
    network.eval()
    expected = network.forward(dataset.x)
    assert found["loss"] == pytest.approx(loss.forward(expected, dataset.y), rel=1e-12)
    assert found["accuracy"] == (expected.argmax(axis=1) == dataset.y).mean()
    np.testing.assert_allclose(predict(network, dataset.x, size), expected, rtol=1e-12)


def test_nothing_changes():
    network, dataset = model(), data()
    network[2].eval()
    before = network.state_dict()
    evaluate(network, CrossEntropyLoss(), dataset)
    predict(network, dataset.x)
    assert [layer.training for layer in network] == [True, True, False, True]
    assert all((value == before[name]).all() for name, value in network.state_dict().items())
    assert all(not parameter.grad.any() and not parameter.reached for parameter in network.parameters())


def test_predictions_are_nobody_elses_memory():
    x = np.ones((3, 2))
    y = predict(Identity(), x, batch_size=None)
    y[...] = 0
    assert (x == 1).all()


def test_a_dataset_may_be_any_list_of_batches():
    x, y = np.ones((4, 2)), np.zeros((4, 2))
    assert evaluate(Identity(), MSELoss(), [(x[:3], y[:3]), (2 * x[3:], y[3:])]) == {"loss": 1.75}


def test_what_can_not_be_judged():
    with pytest.raises(ValueRangeError, match="evaluate expected at least one batch, got none"):
        evaluate(Identity(), MSELoss(), [])
    with pytest.raises(NonFiniteError, match=r"x has non-finite values, 1 of 4, the first x\[1, 0\] = nan"):
        predict(Identity(), np.array([[1, 2], [np.nan, 3]]))
    with pytest.raises(DtypeError, match=r"expected a network with one output array, got 2 from Copy; put Select"):
        predict(Copy(2), np.ones((3, 2)))
