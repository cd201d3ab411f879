"""A patient: samples evenly spread, copies that leave it as it was, and the modes in which it is looked at."""

import numpy as np
import pytest

from chainrule.analysis.doctor import Patient
from chainrule.analysis.doctor.patient import steady_training
from chainrule.data import DataLoader, digits
from chainrule.layers import BatchNorm1d, Dropout, Linear
from chainrule.layers.core import DtypeError
from chainrule.models import Sequential


def test_samples_are_spread_evenly(patient):
    sick, data = patient(), digits(flat=True)
    x, y = sick.some(3)
    np.testing.assert_array_equal(y, data.y[[0, 898, 1796]])
    assert len(x) == 3 and len(sick.some(10**6)[1]) == 1797
    both = Patient(sick.trainer, sick.batches, lambda count: ((data.x[:count], data.x[:count] + 1), data.y[:count]))
    (first, second), _ = both.some(2)
    assert (second == first + 1).all() and len(first) == 2


def test_a_short_training_is_that_of_a_copy(patient):
    sick = patient()
    before, generator = sick.trainer.model.state_dict(), sick.batches.rng.bit_generator.state
    ratios = sick.trained.ratios
    assert sorted(ratios) == ["0.weight", "2.weight"] and all(len(found) == 100 for found in ratios.values())
    np.testing.assert_equal(sick.trainer.model.state_dict(), before)
    assert sick.batches.rng.bit_generator.state == generator and sick.trained is sick.trained


def test_steady_training_draws_nothing(patient):
    sick = patient(model=lambda: Sequential(Linear(64, 8), BatchNorm1d(8), Dropout(0.5), Linear(8, 10)))
    trainer = sick.twin()
    trainer.model.eval()
    with steady_training(trainer):
        assert [layer.training for layer in trainer.model] == [True, True, False, True]
    assert not any(layer.training for layer in trainer.model)


def test_two_networks_are_refused(patient):
    with pytest.raises(DtypeError, match="one network that learns from one loss, got a DataLoader"):
        Patient(DataLoader(digits(), 3), [], lambda count: None)
