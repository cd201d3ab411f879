"""Every generator that a training draws from is found."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import Dropout, Linear
from chainrule.layers.core import StateError, default_rng
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import GradientNoise, TeacherForcing, Trainer
from chainrule.training.checkpoints.generators import Generators, generators_in


@pytest.fixture
def rngs():
    return [np.random.default_rng(seed) for seed in range(3)]


@pytest.fixture
def trainer(rngs):
    model = Sequential(Linear(3, 2), Dropout(0.5, rng=rngs[0]), Dropout(0.5))
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=[GradientNoise(rng=rngs[1])])
    trainer.source = TeacherForcing(DataLoader(ArrayDataset(np.zeros((4, 3)), np.zeros((4, 2))), rng=rngs[2]))
    return trainer


def test_those_of_layers_callbacks_and_data_are_found_each_once(trainer, rngs):
    found = Generators(trainer)
    assert found.own == [default_rng(), rngs[0], rngs[1]]
    assert found.source == [rngs[2]]


def test_they_are_put_back_to_where_they_were(trainer, rngs):
    found = Generators(trainer)
    states, drawn = found.states(), [rng.random() for rng in rngs]
    found.restore(states, "own")
    assert [rng.random() == before for rng, before in zip(rngs, drawn, strict=True)] == [True, True, False]
    found.restore(states, "source")
    assert rngs[2].random() == drawn[2]


@pytest.mark.parametrize("states", [{"own": []}, {"own": [1, 2, 3]}, {"own": [{}, {}, {}]}, {}])
def test_states_of_others_are_refused(trainer, states):
    with pytest.raises((ValueError, TypeError, KeyError)):
        Generators(trainer).restore(states, "own")


def test_things_that_know_each_other_are_walked_once(rngs):
    class Thing:
        pass

    one, other = Thing(), Thing()
    one.other, other.one, other.rng, one.many = other, one, rngs[0], [rngs[0], {"a": (rngs[1],)}]
    assert generators_in(one) == [rngs[0], rngs[1]]


def test_ranks_part_ways_from_where_the_first_one_is(trainer, rngs):
    found = Generators(trainer)
    states, other = found.states(), rngs[2].bit_generator.state
    found.part_ways(0, 3)
    assert found.states() == states
    found.part_ways(2, 3)
    assert rngs[0].bit_generator.state == np.random.PCG64(0).jumped(2).state
    assert rngs[2].bit_generator.state == other         # the data are the same for all
    gone = found.states()["own"]
    found.restore(states, "own")
    found.part_ways(2, 3, [states["own"], gone])        # a run that goes on with as many ranks
    assert found.states()["own"] == gone


def test_a_generator_that_can_not_jump_is_refused():
    model = Sequential(Linear(3, 2), Dropout(0.5, rng=np.random.Generator(np.random.SFC64(0))))
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1))
    with pytest.raises(StateError, match=r"^training on 2 processes expected random generators that can jump ahead, as "
                                         "PCG64 can, got SFC64; make them with"):
        Generators(trainer).part_ways(1, 2)
