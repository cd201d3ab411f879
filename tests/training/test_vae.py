"""The parts of the bound as metrics, and codes that are drawn in evaluation."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset
from chainrule.layers import GaussianSampling
from chainrule.losses import ELBOLoss
from chainrule.models.zoo import vae
from chainrule.optim import Adam
from chainrule.training import Trainer, bound_metrics, drawing_codes, evaluate


@pytest.fixture
def data():
    x = np.random.default_rng(0).uniform(size=(13, 6)).astype(np.float32)
    return ArrayDataset(x, x)


def test_the_parts_make_up_the_bound(data):
    loss = ELBOLoss(beta=3.0)
    found = evaluate(vae([6, 5], 2), loss, data, bound_metrics(loss))
    assert found["elbo"] == pytest.approx(-found["reconstruction"] - found["kl"], rel=1e-6)
    assert found["loss"] == pytest.approx(found["reconstruction"] + 3 * found["kl"], rel=1e-6)


def test_parts_are_means_over_samples_whatever_the_batches(data):
    loss, model = ELBOLoss(), vae([6, 5], 2)
    whole = evaluate(model, loss, data, bound_metrics(loss))
    parts = evaluate(model, loss, [data[:9], data[9:]], bound_metrics(loss))
    assert parts == pytest.approx(whole, rel=1e-6)


def test_codes_are_drawn_from_the_generator_that_is_given_and_only_inside(data):
    loss, model = ELBOLoss(), vae([6, 5], 2)
    plain = evaluate(model, loss, data)["loss"]
    drawn = []
    for seed in (0, 0, 1):
        with drawing_codes(model, np.random.default_rng(seed)):
            drawn.append(evaluate(model, loss, data)["loss"])
    assert drawn[0] == drawn[1] != drawn[2]
    assert plain not in drawn
    assert evaluate(model, loss, data)["loss"] == plain
    assert [(layer.always, layer.rng) for _, layer in model.named_layers() if isinstance(layer, GaussianSampling)] == [
        (False, None)]


def test_the_bound_rises_in_training():
    x = np.repeat(np.eye(6, dtype=np.float32), 5, axis=0)
    loss, model = ELBOLoss(), vae([6, 12], 2)
    trainer = Trainer(model, loss, Adam(model.parameters(), lr=0.02), metrics=bound_metrics(loss))
    history = trainer.fit([(x, x)], epochs=150)
    assert history["elbo"][-1] > history["elbo"][0] + 1
    assert trainer.columns()["elbo"] and not trainer.columns()["kl"]
