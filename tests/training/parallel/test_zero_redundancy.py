"""ZeroRedundancyOptimizer: the steps of the optimiser itself, with a part of its state on every rank."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.layers import Linear, Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential
from chainrule.optim import LARS, LBFGS, SGD, Adam, Muon, StepLR
from chainrule.training.parallel import ZeroRedundancyOptimizer

RULES = [(Adam, {"lr": 0.01, "amsgrad": True}), (SGD, {"lr": 0.1, "momentum": 0.9}),
         (LARS, {"lr": 0.1, "momentum": 0.9}), (Muon, {"lr": 0.01})]


def network():
    sizes = ((3, 7), (7, 2), (2, 5))
    return Sequential(*(Linear(*size, bias=False, rng=np.random.default_rng(seed)) for seed, size in enumerate(sizes)))


def train(optimizer, model, steps, first=0):
    for step in range(first, first + steps):
        optimizer.zero_grad()
        for seed, parameter in enumerate(model.parameters()):
            if step or seed:        # the first is not reached by the first step
                parameter.grad = np.random.default_rng([seed, step]).normal(size=parameter.shape)
        optimizer.step()


def same(one, other):
    assert list(one) == list(other)
    return all((one[name] == other[name]).all() for name in one)


def entries(optimizer):
    return {(index, name): np.asarray(value) for index, entry in optimizer.state_dict()["state"].items()
            for name, value in entry.items()}


@pytest.mark.parametrize("size", [1, 2, pytest.param(5, marks=pytest.mark.long)])
@pytest.mark.parametrize(("rule", "options"), RULES, ids=lambda each: getattr(each, "__name__", ""))
def test_weights_and_state_are_those_of_the_optimizer_itself(ranks, rule, options, size):
    model = network()
    plain = rule(model.parameters(), **options)
    train(plain, model, 4)

    def work(job):
        own = network()
        sharded = ZeroRedundancyOptimizer(own.parameters(), rule, **options)
        train(sharded, own, 4)
        return own.state_dict(), entries(sharded), sorted(sharded.optimizer.state_dict()["state"])

    found = ranks(size, work)
    for weights, state, _ in found:
        assert same(weights, model.state_dict()) and same(state, entries(plain))
    assert sorted(index for *_, kept in found for index in kept) == [0, 1, 2]       # each has one owner


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 2), (2, 1)])
def test_the_state_loads_into_a_job_of_another_size(ranks, before, after):
    model = network()
    plain = Adam(model.parameters(), lr=0.01)
    train(plain, model, 5)

    def begin(job):
        own = network()
        optimizer = ZeroRedundancyOptimizer(own.parameters(), Adam, lr=0.01)
        train(optimizer, own, 3)
        return own.state_dict(), optimizer.state_dict()

    weights, state = ranks(before, begin)[-1]

    def go_on(job):
        own = network()
        own.load_state_dict(weights)
        optimizer = ZeroRedundancyOptimizer(own.parameters(), Adam, lr=0.5)
        optimizer.load_state_dict(state)
        optimizer = deepcopy((own, optimizer))      # a copy goes on, too
        train(optimizer[1], optimizer[0], 2, first=3)
        return optimizer[0].state_dict()

    assert all(same(each, model.state_dict()) for each in ranks(after, go_on))


def test_schedules_and_groups_are_seen(ranks):
    def make(kind, *first):
        model = network()
        optimizer = kind([{"params": [model[0].weight]}, {"params": [model[1].weight], "lr": 0.5}], *first, lr=0.1)
        schedule = StepLR(optimizer, 1)
        train(optimizer, model, 1, first=1)
        schedule.step()
        optimizer.add_param_group({"params": [model[2].weight], "lr": 0.3})
        train(optimizer, model, 2, first=2)
        return model.state_dict()

    wanted = make(Adam)
    assert all(same(each, wanted) for each in ranks(2, lambda job: make(ZeroRedundancyOptimizer, Adam)))


def test_what_takes_all_parameters_at_once_is_refused():
    with pytest.raises(ValueRangeError, match=r"^ZeroRedundancyOptimizer expected an optimiser that moves every "
                                              "parameter by itself, got LBFGS$"):
        ZeroRedundancyOptimizer(Sequential(Linear(2, 2), Tanh()).parameters(), LBFGS)
