"""Two networks trained against each other: each step against PyTorch, and what a GAN must not do."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.backprop import SlopePenalty
from chainrule.data import DataLoader, ring
from chainrule.layers import BatchNorm1d, Linear, Tanh
from chainrule.layers.core import NonFiniteError, StateError, ValueRangeError
from chainrule.losses import BCEWithLogitsLoss, MSELoss, WassersteinLoss
from chainrule.models import Sequential
from chainrule.models.zoo import gan, mlp
from chainrule.optim import SGD, Adam
from chainrule.training import Callback, ClipGradNorm, EarlyStopping, GANTrainer


def make(loss=None, lr=0.1, inner=None, dtype=np.float32, **options):
    generator = Sequential(Linear(3, 5), *([] if inner is None else [inner]), Tanh(), Linear(5, 2))
    discriminator = Sequential(Linear(2, 4), Tanh(), Linear(4, 1))
    return GANTrainer(gan(generator, discriminator).astype(dtype), loss or BCEWithLogitsLoss(),
                      SGD(generator.parameters(), lr=lr), SGD(discriminator.parameters(), lr=lr), latent=3,
                      rng=np.random.default_rng(0), **options)


@pytest.mark.parametrize(("n_critic", "loss"), [(1, "bce"), (3, "bce"), (2, "mse"), (2, "wgan-gp")])
def test_steps_of_torch(n_critic, loss):
    torch = pytest.importorskip("torch")
    trainer = make({"bce": BCEWithLogitsLoss, "mse": MSELoss, "wgan-gp": WassersteinLoss}[loss](), dtype=np.float64,
                   n_critic=n_critic)
    if loss == "wgan-gp":
        trainer.discriminator_penalties.append(SlopePenalty(trainer.discriminator, 10.0))

    def twin(part):
        layers = [torch.nn.Linear(layer.in_features, layer.out_features) if isinstance(layer, Linear)
                  else torch.nn.Tanh() for layer in part]
        result = torch.nn.Sequential(*layers).double()
        result.load_state_dict({name: torch.tensor(value) for name, value in part.state_dict().items()})
        return result, torch.optim.SGD(result.parameters(), lr=0.1)

    (generator, move_generator), (discriminator, move_discriminator) = twin(trainer.generator), twin(
        trainer.discriminator)
    compare = {"bce": torch.nn.BCEWithLogitsLoss(), "mse": torch.nn.MSELoss(),
               "wgan-gp": lambda scores, wanted: ((1 - 2 * wanted) * scores).mean()}[loss]
    noise, data = np.random.default_rng(0), ring(60, rng=np.random.default_rng(1)).x.astype(np.float64)

    def judged(samples, wanted):
        scores = discriminator(samples)
        return compare(scores, torch.full_like(scores, wanted))

    def penalty(real, made):
        between = made + torch.tensor(noise.random((len(real), 1))) * (torch.tensor(real) - made)
        (grad_x,) = torch.autograd.grad(discriminator(between.requires_grad_()).sum(), between, create_graph=True)
        return 10 * ((grad_x.norm(dim=1) - 1)**2).mean()

    for batch in (data[:20], data[20:40], data[40:59]):
        for real in np.array_split(batch, n_critic):
            move_discriminator.zero_grad()
            made = generator(torch.tensor(noise.standard_normal((len(real), 3)))).detach()
            value = judged(torch.tensor(real), 1.0) + judged(made, 0.0)
            (value + penalty(real, made) if loss == "wgan-gp" else value).backward()
            move_discriminator.step()
        move_generator.zero_grad()
        first = len(np.array_split(batch, n_critic)[0])
        expected = judged(generator(torch.tensor(noise.standard_normal((first, 3)))), 1.0)
        expected.backward()
        move_generator.step()
        assert trainer.fit([(batch, batch)])[-1]["loss"] == pytest.approx(expected.item(), rel=1e-10)
    for ours, theirs in ((trainer.generator, generator), (trainer.discriminator, discriminator)):
        for name, value in theirs.state_dict().items():
            np.testing.assert_allclose(ours.state_dict()[name], value.numpy(), rtol=1e-9, atol=1e-12)


def test_neither_step_touches_the_other_network():
    trainer, x = make(), ring(8).x
    before = deepcopy(trainer.model.state_dict())
    trainer.discriminator_step(x)
    after = trainer.model.state_dict()
    changed = {name for name in before if (before[name] != after[name]).any()}
    assert changed == {name for name in before if name.startswith("discriminator")}
    assert not any(parameter.reached for parameter in trainer.generator.parameters())
    trainer.fit([(x, x)])
    assert all((parameter.grad == 0).all() for parameter in trainer.discriminator.parameters())
    assert all(parameter.requires_grad for parameter in trainer.model.parameters())


def test_what_was_frozen_stays_frozen():
    trainer = make()
    trainer.discriminator[0].weight.requires_grad = False
    before = trainer.discriminator[0].weight.data.copy()
    trainer.fit(DataLoader(ring(40), 20), epochs=1)
    assert (trainer.discriminator[0].weight.data == before).all()
    assert [parameter.requires_grad for parameter in trainer.discriminator.parameters()] == [False, True, True, True]


def test_history_callbacks_and_going_on_are_those_of_the_trainer():
    seen = []

    class Watch(Callback):
        def on_batch_end(self, trainer, loss):
            seen.append(loss)

    trainer = make(callbacks=[Watch(), ClipGradNorm(1.0)], coverage=True)
    data = ring(90)
    trainer.fit(DataLoader(data, 40), epochs=2, validation=data)
    history = trainer.fit(DataLoader(data, 40), epochs=1, validation=data)
    assert history["epoch"] == [1, 2, 3]
    assert len(seen) == 9
    assert set(history[-1]) == {"epoch", "loss", "discriminator_loss", "val_modes", "val_quality", "lr", "seconds"}
    assert set(trainer.columns()) == {"loss", "discriminator_loss", "val_modes", "val_quality"}


def test_early_stopping_may_watch_the_modes():
    trainer = make(lr=1e-6, callbacks=[EarlyStopping("val_quality", patience=2)], coverage=True)
    assert len(trainer.fit(DataLoader(ring(90), 40), epochs=50, validation=ring(90))) < 50


def test_samples_come_to_where_the_data_is():
    data = ring(1000, n_classes=4, noise=0.1, rng=np.random.default_rng(0))
    generator, discriminator = mlp([4, 32, 32, 2]), mlp([2, 64, 64, 1])
    rules = [Adam(part.parameters(), lr=2e-3, betas=(0.5, 0.999)) for part in (generator, discriminator)]
    trainer = GANTrainer(gan(generator, discriminator), BCEWithLogitsLoss(), *rules, latent=4, coverage=True)
    assert trainer.evaluate(data)["quality"] < 0.1
    trainer.fit(DataLoader(data, 50, shuffle=True, rng=np.random.default_rng(0)), epochs=25)
    found = trainer.evaluate(data)
    assert found["modes"] == 4
    assert found["quality"] > 0.6


def test_samples_are_made_in_evaluation_mode_and_leave_no_trace():
    trainer = make(inner=BatchNorm1d(5), coverage=True)
    before, state = trainer.model.state_dict(), trainer.rng.bit_generator.state
    samples = trainer.sample(7, np.random.default_rng(1))
    np.testing.assert_array_equal(samples, trainer.sample(7, np.random.default_rng(1)))
    assert samples.dtype == np.float32
    assert all((value == before[name]).all() for name, value in trainer.model.state_dict().items())
    assert trainer.rng.bit_generator.state == state
    assert trainer.generator.training
    data = ring(90)
    assert trainer.evaluate(data) == trainer.evaluate([data[:50], data[50:]])


def test_divergence_is_found_and_named():
    trainer = make(lr=1e38)
    with pytest.raises(NonFiniteError, match="not finite in epoch 1: Linear"):
        trainer.fit(DataLoader(ring(400), 20), epochs=3)


def test_what_does_not_fit_is_refused():
    generator, discriminator = Linear(3, 2), Linear(2, 1)
    both = Sequential(generator, discriminator)
    first, second = SGD(generator.parameters()), SGD(discriminator.parameters())
    with pytest.raises(ValueRangeError, match=r"a generator and a discriminator, .* got 3 parts"):
        GANTrainer(Sequential(generator, Tanh(), discriminator), MSELoss(), first, second, latent=3)
    for wrong in ((second, first), (first, SGD(both.parameters())), (SGD(both.parameters()), second)):
        with pytest.raises(StateError):
            GANTrainer(both, MSELoss(), *wrong, latent=3)
    with pytest.raises(ValueRangeError, match="n_critic"):
        GANTrainer(both, MSELoss(), first, second, latent=3, n_critic=0)
