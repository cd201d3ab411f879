"""Optimisers with groups of different options and rates that a schedule changes, and schedules that start late."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import optim
from chainrule.layers.core import Parameter

from ..optim.conftest import Twins, double_precision  # noqa: F401 - a fixture

torch = pytest.importorskip("torch")

yes_no, decay = st.booleans(), st.sampled_from([0.0, 0.1])
betas = st.sampled_from([(0.9, 0.99), (0.0, 0.5)])
RULES = {
    "ASGD": {"lambd": st.sampled_from([0.0, 0.1]), "t0": st.sampled_from([0, 10]), "alpha": st.just(0.6)},
    "Adadelta": {"rho": st.sampled_from([0.9, 0.3])},
    "Adafactor": {"beta2_decay": st.sampled_from([-0.8, -0.3]), "d": st.sampled_from([1.0, 2.0])},
    "Adagrad": {"lr_decay": st.sampled_from([0.0, 0.2]), "initial_accumulator_value": st.sampled_from([0.0, 0.5])},
    "Adam": {"betas": betas, "amsgrad": yes_no, "decoupled_weight_decay": yes_no},
    "AdamW": {"betas": betas, "amsgrad": yes_no}, "Adamax": {"betas": betas},
    "NAdam": {"betas": betas, "momentum_decay": st.sampled_from([0.0, 0.1]), "decoupled_weight_decay": yes_no},
    "RAdam": {"betas": betas, "decoupled_weight_decay": yes_no},
    "RMSprop": {"alpha": st.sampled_from([0.9, 0.5]), "momentum": st.sampled_from([0.0, 0.7]), "centered": yes_no},
    "Rprop": {"etas": st.just((0.4, 1.3)), "step_sizes": st.just((1e-4, 0.5))},
    "SGD": {"momentum": st.sampled_from([0.3, 0.9]), "nesterov": yes_no},
}
SCHEDULES = {
    "ConstantLR": {"factor": 0.3, "total_iters": 7}, "CosineAnnealingLR": {"T_max": 11, "eta_min": 1e-3},
    "CosineAnnealingWarmRestarts": {"T_0": 4, "T_mult": 2}, "ExponentialLR": {"gamma": 0.93},
    "LinearLR": {"start_factor": 0.1, "total_iters": 9}, "MultiStepLR": {"milestones": [3, 8, 8], "gamma": 0.5},
    "PolynomialLR": {"total_iters": 20, "power": 1.7}, "StepLR": {"step_size": 6, "gamma": 0.4},
    "LambdaLR": {"lr_lambda": lambda step: 1 / (1 + step)},
    "MultiplicativeLR": {"lr_lambda": lambda step: 0.9 if step % 3 else 1.1},
}


@settings(max_examples=24)
@given(rule=st.sampled_from(sorted(RULES)), schedule=st.sampled_from(sorted(SCHEDULES)), data=st.data(),
       present=st.sampled_from([1.0, 0.7]))
def test_groups_of_different_options_under_a_schedule(rule, schedule, data, present):
    pair, groups = Twins([(3, 4), (4,), (), (2, 1, 3)]), []
    for lr in (0.05, 0.01):
        options = {name: data.draw(values) for name, values in RULES[rule].items()}
        options |= {"maximize": data.draw(yes_no)} | ({} if rule == "Rprop" else {"weight_decay": data.draw(decay)})
        groups.append({"lr": lr, **options})
    if rule == "Adagrad":           # PyTorch fills the first state with the default for all groups
        groups[1]["initial_accumulator_value"] = groups[0]["initial_accumulator_value"]
    accumulator = {"initial_accumulator_value": groups[0]["initial_accumulator_value"]} if rule == "Adagrad" else {}
    made = []
    for room, parts in ((optim, pair.ours), (torch.optim, pair.theirs)):
        made.append(getattr(room, rule)([{"params": parts[:2], **groups[0]}, {"params": parts[2:], **groups[1]}],
                                        **accumulator))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
        mine = getattr(optim, schedule)(made[0], **SCHEDULES[schedule])
        theirs = getattr(torch.optim.lr_scheduler, schedule)(made[1], **SCHEDULES[schedule])
        for _ in range(50):
            pair.race(*made, steps=1, present=present)
            mine.step()
            theirs.step()
            np.testing.assert_allclose(mine.get_last_lr(), theirs.get_last_lr(), rtol=1e-10)


@pytest.mark.parametrize("last_epoch", [0, 4, 13])
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_that_go_on_from_an_epoch(name, last_epoch):
    if name == "CosineAnnealingWarmRestarts" and last_epoch > 4:
        return      # PyTorch counts one restart where several lie behind
    rooms = (optim, Parameter(np.zeros(2)), optim), \
        (torch.optim, torch.nn.Parameter(torch.zeros(2)), torch.optim.lr_scheduler)
    made = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
        for room, weight, schedules in rooms:
            first = room.SGD([weight], lr=0.7)
            before = getattr(schedules, name)(first, **SCHEDULES[name])
            for _ in range(last_epoch + 1):     # as loaded from a checkpoint: the rate is that of the coming epoch
                before.step()
            again = room.SGD([{"params": [weight], "lr": before.get_last_lr()[0], "initial_lr": 0.7}])
            made.append((again, getattr(schedules, name)(again, last_epoch=last_epoch, **SCHEDULES[name])))
        (ours, mine), (theirs, other) = made
        for _ in range(50):
            np.testing.assert_allclose(ours.param_groups[0]["lr"], theirs.param_groups[0]["lr"], rtol=1e-10, atol=1e-15)
            mine.step()
            other.step()
