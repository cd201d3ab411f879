"""Gradient noise: of the variance of the paper, on trained parameters alone."""

import numpy as np
import pytest

from chainrule.layers import Linear
from chainrule.layers.core import ValueRangeError
from chainrule.losses import MSELoss
from chainrule.optim import SGD
from chainrule.training import GradientNoise, Trainer


def test_the_variance_fades_as_in_the_paper():
    model = Linear(100, 100)
    model.bias.requires_grad = False
    noise = GradientNoise(eta=0.3, gamma=0.55, rng=np.random.default_rng(0))
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=1.0), callbacks=[noise])
    before = [model.weight.data.copy()]

    def batches():          # a batch without an error has no gradient of its own
        for _ in range(10):
            x = np.zeros((1, 100), np.float32)
            yield x, model.forward(x)
            before.append(model.weight.data.copy())

    trainer.fit(batches())
    steps = np.diff(before, axis=0)
    expected = [0.3 / (1 + step) ** 0.55 for step in range(10)]
    np.testing.assert_allclose(steps.var(axis=(1, 2)), expected, rtol=0.06)
    assert noise.steps == 10 and noise.state_dict() == {"steps": 10}
    assert not model.bias.grad.any()


def test_the_same_seed_gives_the_same_noise_and_a_new_run_begins_anew(fitted):
    one, other = (fitted(GradientNoise(rng=np.random.default_rng(5))) for _ in range(2))
    assert (one.model[0].weight.data == other.model[0].weight.data).all()
    assert (one.model[0].weight.data != fitted().model[0].weight.data).any()
    noise = GradientNoise()
    for _ in range(2):
        fitted(noise, epochs=1)
        assert noise.steps == 4


def test_negative_variance_is_refused():
    with pytest.raises(ValueRangeError, match="GradientNoise expected eta in"):
        GradientNoise(-1.0)
