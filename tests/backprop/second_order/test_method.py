"""What all methods share: steps that know the batch, a memory that is saved, one group, a place in a Trainer."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop import KFAC, HessianFree, LevenbergMarquardt
from chainrule.data import ArrayDataset, DataLoader
from chainrule.experiments import ConfigError, open_config
from chainrule.layers import Dropout, Linear
from chainrule.layers.core import ShapeError, StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SAM, SGD
from chainrule.training import GrowingBatches, Objective, Trainer

CONFIG = """
task: supervised
data: {dataset: {moons: {n_samples: 100}}, test_size: 0.25}
model: [{Linear: [2, 8]}, Tanh, {Linear: [8, 2]}]
loss: CrossEntropyLoss
penalties: [{L2Penalty: 1e-4}]
optimizer: {%s}
metrics: [accuracy]
training: {epochs: 12, batch_size: null, report: false}
"""


@pytest.mark.parametrize("kind", [HessianFree, KFAC])
def test_a_saved_memory_goes_on_bit_for_bit(objective, kind):
    chainrule.manual_seed(0)
    optimizer = kind(objective.model.parameters(), damping=0.1)
    for _ in range(4):
        optimizer.step(objective)
    state, weights = optimizer.state_dict(), objective.model.state_dict()
    position = chainrule.layers.core.get_rng_state()
    ends = []
    for other in (optimizer, kind(objective.model.parameters(), damping=0.1)):
        objective.model.load_state_dict(weights)
        chainrule.layers.core.set_rng_state(position)
        other.load_state_dict(state)
        for _ in range(3):
            other.step(objective)
        ends.append(objective.model.state_dict())
    assert all((ends[0][name] == ends[1][name]).all() for name in weights)
    with pytest.raises(ShapeError, match=f"{kind.__name__} expected last of shape"):
        kind(Linear(3, 2).parameters()).load_state_dict(state)


def test_what_is_frozen_or_thawed_on_the_way_is_forgotten(objective):
    optimizer = HessianFree(objective.model.parameters(), damping=0.1)
    optimizer.step(objective)
    objective.model[0].requires_grad_(False)
    before = objective.model[0].weight.data.copy()
    optimizer.step(objective)
    np.testing.assert_array_equal(objective.model[0].weight.data, before)
    assert optimizer.memory["last"].shape == (12,)


def test_a_trainer_trains_with_all_that_is_random_and_growing():
    chainrule.manual_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 3)).astype(np.float32)
    model = Sequential(Linear(3, 16), chainrule.layers.Tanh(), Dropout(0.1), Linear(16, 2))
    trainer = Trainer(model, CrossEntropyLoss(), HessianFree(model.parameters(), damping=0.1),
                      callbacks=[GrowingBatches(2, epochs=2)])
    loader = DataLoader(ArrayDataset(x, (x[:, 0] * x[:, 1] > 0).astype(int)), 20, shuffle=True, rng=rng)
    history = trainer.fit(loader, epochs=8)
    assert history[-1]["loss"] < 0.4 * history[0]["loss"]


@pytest.mark.parametrize("optimizer", ["HessianFree: {damping: 0.1, draws: 2, preconditioner: kronecker}",
                                       "KFAC: {damping: 0.1}", "DiagonalLM: {lr: 0.05}",
                                       "ScipyMinimize: {method: Newton-CG, max_iter: 3}", "ScipyMinimize: L-BFGS-B"])
def test_from_yaml(tmp_path, optimizer):
    (tmp_path / "config.yaml").write_text(CONFIG % optimizer)
    experiment = open_config(tmp_path / "config.yaml").experiment
    experiment.run()
    history = experiment.trainer.history
    assert history[-1]["loss"] < 0.6 * history[0]["loss"]


@pytest.mark.parametrize(("optimizer", "problem"), [
    ("HessianFree: {damping: 0}", "damping"), ("HessianFree: {growth: 0.5}", "growth"),
    ("HessianFree: {preconditioner: block}", "preconditioner"), ("KFAC: {refresh: 0}", "refresh"),
    ("ScipyMinimize: Newton", "method"), ("LevenbergMarquardt: {max_tries: 0}", "max_tries")])
def test_wrong_options_in_yaml(tmp_path, optimizer, problem):
    (tmp_path / "config.yaml").write_text(CONFIG % optimizer)
    with pytest.raises(ConfigError, match=problem):
        open_config(tmp_path / "config.yaml")


def test_wrong_options_in_python(objective):
    parameters = list(objective.model.parameters())
    for make in (lambda: HessianFree(parameters, damping=0), lambda: HessianFree(parameters, decay=1.5),
                 lambda: HessianFree(parameters, draws=-1), lambda: KFAC(parameters, lr=-1),
                 lambda: HessianFree(parameters, growth=0.9), lambda: LevenbergMarquardt(parameters, max_tries=0)):
        with pytest.raises(ValueRangeError):
            make()


def test_steps_need_an_objective_one_group_and_whole_batches(objective):
    model = objective.model
    with pytest.raises(StateError, match=r"HessianFree expected an Objective, .* got nothing; train with a Trainer"):
        HessianFree(model.parameters()).step()
    with pytest.raises(StateError, match="got function"):
        HessianFree(model.parameters()).step(lambda: 0.0)
    with pytest.raises(ValueRangeError, match="one group of parameters, got 2"):
        KFAC([{"params": model[0].parameters()}, {"params": model[2].parameters()}])
    with pytest.raises(ValueRangeError, match="one group of parameters, got another"):
        KFAC(model.parameters()).add_param_group({"params": []})
    with pytest.raises(ValueRangeError, match="no micro_batch_size"):
        Trainer(model, CrossEntropyLoss(), KFAC(model.parameters()), micro_batch_size=4)
    with pytest.raises(ValueRangeError, match="SAM expected"):
        SAM(HessianFree(model.parameters()))
    assert not SGD.needs_curvature


def test_an_error_amid_a_step_leaves_the_weights(objective):
    class Breaks(Objective):
        def value(self):
            raise KeyboardInterrupt

    before = objective.model.state_dict()
    with pytest.raises(KeyboardInterrupt):
        HessianFree(objective.model.parameters()).step(
            Breaks(objective.model, objective.loss, objective.x, objective.y))
    assert all((value == before[name]).all() for name, value in objective.model.state_dict().items())
