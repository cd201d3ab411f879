"""Memory by arithmetic is the memory that a real step leaves behind."""

import numpy as np
import pytest

from chainrule.analysis.doctor import expected_memory
from chainrule.layers import Linear, ReLU
from chainrule.layers.core import cache_bytes
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import LBFGS, SAM, SGD, Adafactor, Adam, RMSprop
from chainrule.training import train_step


def network(dtype):
    return Sequential(Linear(7, 12), ReLU(), Linear(12, 5)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", [
    SGD, Adam, Adafactor, lambda params: Adam(params, amsgrad=True), lambda params: SGD(params, momentum=0.9),
    lambda params: RMSprop(params, centered=True, momentum=0.5)])
def test_it_is_what_a_step_leaves(rule, dtype):
    model = network(dtype)
    optimizer = rule(model.parameters())
    expected = expected_memory(model, ((11, 7),), optimizer)
    train_step(model, CrossEntropyLoss(), optimizer, np.ones((11, 7), dtype), np.zeros(11, int))
    arrays = [value for entry in optimizer.state_dict()["state"].values() for value in entry.values()
              if isinstance(value, np.ndarray) and value.ndim]
    assert expected.optimizer == sum(array.nbytes for array in arrays)
    assert expected.parameters == expected.gradients == sum(p.data.nbytes for p in model.parameters())
    assert expected.caches == cache_bytes(model.cache)
    assert expected.total == sum(expected)


def test_frozen_layers_need_neither_gradients_nor_state():
    model = network(np.float32)
    model[0].requires_grad_(False)
    found = expected_memory(model, ((11, 7),), Adam(model.parameters()))
    assert found.gradients * 2 == found.optimizer == 2 * 4 * (12 * 5 + 5)


def test_optimisers_with_memories_of_their_own():
    model = network(np.float32)
    size = 4 * sum(parameter.size for parameter in model.parameters())
    assert expected_memory(model, ((1, 7),), SAM(Adam(model.parameters()))).optimizer == 3 * size
    assert expected_memory(model, ((1, 7),), LBFGS(model.parameters(), history_size=10)).optimizer == 24 * size
