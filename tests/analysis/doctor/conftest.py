"""Patients: a healthy classifier of digits, into which tests plant faults."""

import numpy as np
import pytest

import chainrule
from chainrule.analysis.doctor import Patient
from chainrule.data import DataLoader, digits
from chainrule.layers import Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Trainer


@pytest.fixture
def patient():
    """Return a function that makes a patient, healthy but for what it is told."""
    def make(model=None, loss=None, optimizer=lambda parameters: Adam(parameters, lr=3e-3), data=None, **options):
        chainrule.manual_seed(0)
        model = model() if model else Sequential(Linear(64, 48), ReLU(), Linear(48, 10))
        data = data or digits(flat=True)
        penalties = options.pop("penalties", lambda parameters: [])
        trainer = Trainer(model, loss or CrossEntropyLoss(), optimizer(model.parameters()),
                          penalties=penalties(model), **options)
        loader = DataLoader(data, 32, shuffle=True, rng=np.random.default_rng(0))
        return Patient(trainer, loader, lambda count: data[:count], seconds=5)

    return make
