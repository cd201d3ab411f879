"""Accumulated gradients: the steps of the whole batch to 1e-12, for every optimiser, ragged ends included."""

import inspect

import numpy as np
import pytest

import chainrule
from chainrule import optim
from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import BatchNorm1d, Embedding, Linear, Log, Tanh
from chainrule.layers.core import NonFiniteError, ShapeError, ValueRangeError
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, KLDivLoss, L2Penalty, MSELoss, weights_of
from chainrule.models import Graph, Sequential
from chainrule.optim import LBFGS, SAM, SGD, Adam, Optimizer, SparseAdam
from chainrule.training import CarriedLoss, ClipGradNorm, Stream, Trainer
from chainrule.training.micro_batches import micro_batches

OPTIMISERS = sorted(name for name in optim.__all__ if inspect.isclass(getattr(optim, name))
                    and issubclass(getattr(optim, name), Optimizer) and getattr(optim, name) is not Optimizer)


def make_optimizer(name, model):
    """Return an optimiser of this name; those that work on others, or on rows alone, need more than parameters."""
    if name == "SAM":
        return SAM(SGD(model.parameters(), lr=0.05, momentum=0.9), rho=0.05)
    if name == "LBFGS":
        return LBFGS(model.parameters(), lr=0.3, max_iter=4, line_search_fn="strong_wolfe")
    if name == "Muon":
        return optim.Muon(weights_of(model))
    return getattr(optim, name)(model.parameters())


def train(name, x, y, network, loss, micro_batch_size, callbacks=(), penalties=lambda model: ()):
    chainrule.manual_seed(3)
    model = network().astype(np.float64)
    trainer = Trainer(model, loss(), make_optimizer(name, model), metrics=(), callbacks=callbacks,
                      penalties=penalties(model), micro_batch_size=micro_batch_size)
    batch_size = None if name == "LBFGS" else 10        # its memory of curvature wants the same data in every step
    trainer.fit(DataLoader(ArrayDataset(x, y), batch_size, shuffle=True, rng=np.random.default_rng(0)), epochs=3)
    return model, trainer.history


def compare(*arguments, micro_batch_size=4, **options):
    """Train on batches of 10, 10 and 3 as a whole, and in parts of 4, 4, 2 and 3; weights and rows must be the same."""
    whole, rows = train(*arguments, None, **options)
    parts, other_rows = train(*arguments, micro_batch_size, **options)
    for name, value in whole.state_dict().items():
        np.testing.assert_allclose(parts.state_dict()[name], value, rtol=1e-12, atol=1e-12)
    for row, other in zip(rows, other_rows, strict=True):
        for name in set(row) - {"seconds"}:
            assert other[name] == pytest.approx(row[name], rel=1e-12)


def samples():
    rng = np.random.default_rng(1)
    return rng.normal(size=(23, 3)), rng.integers(0, 4, 23)


@pytest.mark.parametrize("name", [name for name in OPTIMISERS if name != "SparseAdam"])
def test_steps_are_those_of_the_whole_batch_for_every_optimiser(name):
    compare(name, *samples(), lambda: Sequential(Linear(3, 5), Tanh(), Linear(5, 4)), CrossEntropyLoss)


def test_rows_that_were_touched_stay_the_only_ones():
    tokens = np.random.default_rng(2).integers(0, 30, 23)
    compare("SparseAdam", tokens, np.random.default_rng(3).normal(size=(23, 4)),
            lambda: Embedding(50, 4, sparse=True), MSELoss)
    assert SparseAdam.__name__ in OPTIMISERS


@pytest.mark.parametrize("loss", [
    lambda: CrossEntropyLoss(weight=[1.0, 0.2, 5.0, 0.5]), lambda: CrossEntropyLoss(reduction="sum"),
    lambda: CrossEntropyLoss(ignore_index=2, label_smoothing=0.1),
    lambda: CrossEntropyLoss(weight=[0.0, 0.0, 0.0, 1.0]),      # parts in which nothing counts
])
def test_means_are_over_what_counts_not_over_parts(loss):
    compare("SGD", *samples(), lambda: Linear(3, 4), loss, micro_batch_size=2)


@pytest.mark.parametrize("loss", [MSELoss, BCEWithLogitsLoss, lambda: KLDivLoss("batchmean")])
def test_losses_of_numbers_and_clipping_and_penalties_count_once(loss):
    x, _ = samples()
    y = np.random.default_rng(5).uniform(0.1, 0.9, (23, 2))
    compare("Adam", x, y, lambda: Sequential(Linear(3, 4), Tanh(), Linear(4, 2)), loss,
            callbacks=[ClipGradNorm(0.05)], penalties=lambda model: [L2Penalty(weights_of(model), 0.1)])


def test_a_part_as_large_as_the_batch_is_the_batch_bit_for_bit():
    network = lambda: Sequential(Linear(3, 4), Tanh(), Linear(4, 4))       # noqa: E731  a recipe, not a function
    whole, parts = (train("SGD", *samples(), network, CrossEntropyLoss, size)[0] for size in (None, 10))
    assert all((whole.state_dict()[name] == value).all() for name, value in parts.state_dict().items())


def test_the_caches_of_one_part_are_all_that_is_kept():
    model = Linear(3, 4)
    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), micro_batch_size=4)
    x, y = samples()
    step = trainer.step(x, y)
    assert model.cache.shape == (3, 3)
    assert step.prediction.shape == (23, 4) and step.divisor == 23


def test_batch_norms_are_refused_unless_told():
    model = Sequential(Linear(3, 4), BatchNorm1d(4))
    make = lambda **options: Trainer(model, MSELoss(), SGD(model.parameters()), micro_batch_size=4, **options)  # noqa: E731  the same call twice
    with pytest.raises(ValueRangeError, match=r"treat every sample alone, got BatchNorm1d\(4\) at '1'.*GroupNorm"):
        make()
    step = make(ghost_batch_norm=True).step(samples()[0], np.zeros((23, 4)))
    np.testing.assert_allclose(step.prediction[4:8].mean(axis=0), 0, atol=1e-6)     # each part is standardised alone


def test_what_can_not_be_cut_is_refused():
    counting = Embedding(5, 2, scale_grad_by_freq=True)
    with pytest.raises(ValueRangeError, match="counts indices in the whole batch"):
        Trainer(counting, MSELoss(), SGD(counting.parameters()), micro_batch_size=4)
    with pytest.raises(ShapeError, match="one row for each sample, got 3, 5 rows; put the batch axis first"):
        list(micro_batches(np.zeros((3, 5, 2)), np.zeros(5), 2))
    model, loss = Linear(3, 4), CarriedLoss(CrossEntropyLoss())
    trainer = Trainer(model, loss, SGD(model.parameters()), micro_batch_size=4)
    with pytest.raises(ValueRangeError, match="no micro_batch_size for a Stream"):
        trainer.fit(Stream(ArrayDataset(*samples()), 5, loss))
    with pytest.raises(ValueRangeError, match="micro_batch_size as a whole number of at least 1, got 0"):
        Trainer(model, loss, SGD(model.parameters()), micro_batch_size=0)


def test_several_inputs_are_cut_together():
    model = Graph(["a", "b"], {"y": (chainrule.layers.Add(), "a", "b"), "z": (Linear(3, 4), "y")}, ["z"])
    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters()), micro_batch_size=10)
    x, y = samples()
    assert trainer.step((x, x[::-1].copy()), y).prediction.shape == (23, 4)


def test_the_first_layer_that_is_not_finite_is_found_part_by_part():
    model = Sequential(Log(), Linear(3, 4))
    x, y = samples()
    x = np.abs(x) + 1
    x[17, 1] = 0
    trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters()), micro_batch_size=5)
    with pytest.raises(NonFiniteError, match=r"Log\(\) gave 1 non-finite of 15 values"):
        trainer.fit(DataLoader(ArrayDataset(x, y), None))
