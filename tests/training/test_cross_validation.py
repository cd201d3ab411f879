"""Cross-validation: the numbers of least squares, a new network each time, nothing seen of what is held out."""

import numpy as np
import pytest

import chainrule
from chainrule.data import ArrayDataset, KFold
from chainrule.layers import Linear
from chainrule.layers.core import StateError
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer, cross_validate


def straight(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(23, 3))
    return ArrayDataset(x, x @ rng.normal(size=(3, 1)) + 0.1 * rng.normal(size=(23, 1)))


def make():
    model = Sequential(Linear(3, 1)).astype(np.float64)
    return Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.2), metrics=["r2"])


def test_folds_give_the_numbers_of_least_squares():
    data = straight()
    found = cross_validate(make, data, KFold(4), epochs=300, batch_size=None)
    for fold, (rows, held_out) in zip(found.folds, KFold(4).split(data.x), strict=True):
        inputs = np.c_[data.x, np.ones(23)]
        weights = np.linalg.lstsq(inputs[rows], data.y[rows], rcond=None)[0]
        assert fold["loss"] == pytest.approx(((inputs[held_out] @ weights - data.y[held_out]) ** 2).mean(), rel=1e-6)
    losses = [fold["loss"] for fold in found.folds]
    assert found.mean()["loss"] == pytest.approx(np.mean(losses))
    assert found.deviation()["loss"] == pytest.approx(np.std(losses, ddof=1))
    assert set(found.mean()) == {"loss", "r2"}


def test_classes_are_dealt_evenly_and_the_same_rng_gives_the_same_numbers():
    y = np.repeat([0, 1], [20, 5])
    data = ArrayDataset(np.random.default_rng(0).normal(size=(25, 2)).astype(np.float32), y)

    def run():
        chainrule.manual_seed(0)

        def classifier():
            model = Linear(2, 2)
            return Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), metrics=["confusion_matrix"])

        return cross_validate(classifier, data, 5, epochs=2, batch_size=4, rng=np.random.default_rng(3))

    one, other = run(), run()
    assert [fold["confusion_matrix"].sum(axis=1).tolist() for fold in one.folds] == [[4, 1]] * 5
    assert one.mean() == other.mean() and "confusion_matrix" not in one.mean()


def test_features_are_measured_on_what_is_trained_on():
    data = straight()
    far = ArrayDataset(data.x + 100 * np.eye(23)[:, :3], data.y)        # an outlier in each of three samples
    seen = []

    class Watched(Linear):
        def forward(self, x):
            if self.training:
                seen.append(x.copy())
            return super().forward(x)

    def watched():
        model = Watched(3, 1)
        return Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.01))

    cross_validate(watched, far, KFold(4), epochs=1, batch_size=None, standardize=True)
    for x in seen:
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-6)
        np.testing.assert_allclose(x.std(axis=0), 1, rtol=1e-6)


def test_the_same_network_again_is_refused():
    trainer = make()
    with pytest.raises(StateError, match="expected a new network from every call of make"):
        cross_validate(lambda: trainer, straight(), epochs=1)
