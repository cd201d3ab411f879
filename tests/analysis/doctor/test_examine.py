"""All checks on a healthy network, on one that fails outright, and on two at once."""

import numpy as np
import pytest

from chainrule.analysis.doctor import CHECKS, Patient, examine
from chainrule.layers import Linear
from chainrule.layers.core import DtypeError, get_rng_state
from chainrule.losses import BCEWithLogitsLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import GANTrainer


def test_a_healthy_network_gets_a_clean_bill_and_stays_as_it_was(patient):
    healthy = patient()
    model, loader = healthy.trainer.model, healthy.batches
    before = model.state_dict(), get_rng_state(), loader.rng.bit_generator.state
    verdicts = list(examine(healthy))
    assert len(verdicts) == len(CHECKS)
    assert {verdict.grade for verdict in verdicts} == {"good", "skipped"}
    assert all("\n" not in str(verdict) for verdict in verdicts)
    after = model.state_dict(), get_rng_state(), loader.rng.bit_generator.state
    assert all((after[0][name] == value).all() for name, value in before[0].items())
    assert after[1:] == before[1:]
    assert healthy.trainer.epoch == 0 and not healthy.trainer.history.rows


def test_an_error_of_the_network_is_a_verdict(patient):
    class Broken(Linear):
        def forward(self, x):
            return super().forward(x[:, :3])

    verdicts = list(examine(patient(model=lambda: Sequential(Broken(64, 10)))))
    assert {verdict.grade for verdict in verdicts} >= {"bad"}
    assert any("expected x of shape" in verdict.finding for verdict in verdicts)


def test_two_networks_against_each_other_are_refused():
    one, other = Linear(2, 3), Linear(3, 1)
    trainer = GANTrainer(Sequential(one, other), BCEWithLogitsLoss(), Adam(one.parameters()),
                         Adam(other.parameters()), latent=2)
    with pytest.raises(DtypeError, match="doctor expected one network that learns from one loss, got a GANTrainer"):
        Patient(trainer, [], lambda count: (np.ones(1), np.ones(1)))
