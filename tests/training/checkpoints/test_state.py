"""Going on is the run that was interrupted, bit for bit: every optimiser, every schedule, every place of an epoch."""

import inspect
import itertools

import numpy as np
import pytest

import chainrule
from chainrule import optim
from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import BatchNorm1d, Dropout, Embedding, GaussianNoise, Linear, Tanh
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SAM, SGD, Optimizer, Schedule
from chainrule.training import (
    Callback,
    EarlyStopping,
    GradientNoise,
    MeanAbsoluteError,
    Trainer,
    WeightAveraging,
)
from chainrule.training.checkpoints import CheckpointError, read_checkpoint, write_checkpoint

EPOCHS, BATCHES = 2, 4

OPTIMIZERS = {name: rule for name in optim.__all__ if inspect.isclass(rule := getattr(optim, name))
              and issubclass(rule, Optimizer) and rule is not Optimizer}
SCHEDULES = {
    "ChainedScheduler": lambda o: optim.ChainedScheduler([optim.ConstantLR(o, 0.5, 2), optim.ExponentialLR(o, 0.9)]),
    "ConstantLR": lambda o: optim.ConstantLR(o, 0.5, 3),
    "CosineAnnealingLR": lambda o: optim.CosineAnnealingLR(o, 5),
    "CosineAnnealingWarmRestarts": lambda o: optim.CosineAnnealingWarmRestarts(o, 2, 2),
    "CyclicLR": lambda o: optim.CyclicLR(o, 1e-3, 1e-2, 2, cycle_momentum=False),
    "ExponentialLR": lambda o: optim.ExponentialLR(o, 0.8),
    "LambdaLR": lambda o: optim.LambdaLR(o, lambda step: 1 / (1 + step)),
    "LinearLR": lambda o: optim.LinearLR(o, 0.3, total_iters=6),
    "MultiStepLR": lambda o: optim.MultiStepLR(o, [2, 5], 0.3),
    "MultiplicativeLR": lambda o: optim.MultiplicativeLR(o, lambda step: 0.9 + 0.01 * step),
    "OneCycleLR": lambda o: optim.OneCycleLR(o, 1e-2, 12, cycle_momentum="momentum" in o.param_groups[0]),
    "PolynomialLR": lambda o: optim.PolynomialLR(o, 9, 2.0),
    "ReduceLROnPlateau": lambda o: optim.ReduceLROnPlateau(o, factor=0.5, patience=0),
    "SWALR": lambda o: optim.SWALR(o, 1e-3, 4),
    "SequentialLR": lambda o: optim.SequentialLR(o, [optim.LinearLR(o, 0.3, total_iters=3),
                                                     optim.ExponentialLR(o, 0.8)], [4]),
    "StepLR": lambda o: optim.StepLR(o, 2, 0.5),
}


def rule_of(name, parameters):
    if name == "SAM":
        return SAM(SGD(parameters, lr=0.05, momentum=0.9))
    if name in ("Muon", "SparseAdam"):
        parameters = [next(iter(parameters))]       # matrices alone, and sparse gradients alone
    options = {"SGD": {"momentum": 0.9, "nesterov": True}, "Adam": {"amsgrad": True}, "ASGD": {"t0": 3},
               "RMSprop": {"centered": True, "momentum": 0.5}, "LBFGS": {"max_iter": 3, "history_size": 3}}
    return OPTIMIZERS[name](parameters, lr=0.02, **options.get(name, {}))


class Augmented(DataLoader):
    """Batches with noise of the loader's own."""

    def __iter__(self):
        for x, y in super().__iter__():
            yield x + self.rng.normal(0, 0.1, x.shape).astype(x.dtype) if x.dtype.kind == "f" else x, y


class Cut(Callback):
    """Pauses the fit at its ``at``-th event, batch or end of an epoch, and keeps the state."""

    def __init__(self, path, at):
        self.path, self.at, self.events = path, at, 0

    def on_batch_end(self, trainer, loss):
        self.events += 1
        if self.events == self.at:
            trainer.pause()
            write_checkpoint(self.path, trainer.state_dict())

    def on_epoch_end(self, trainer, row):
        self.on_batch_end(trainer, 0.0)


def prepare(optimizer="Adam", schedule="StepLR", noisy=True, shared=False):
    """Return a trainer and its data; ``shared`` lets loader, dropout and noise draw from one generator."""
    chainrule.manual_seed(7)
    generator = None if shared else np.random.default_rng(3)
    # the batch norm averages by momentum, dropout draws from the package's generator, the noise from its own
    layers = [Linear(3, 5), BatchNorm1d(5), Tanh(), Dropout(0.3), GaussianNoise(0.1, rng=generator), Linear(5, 2)]
    first = [Embedding(6, 3, sparse=True)] if optimizer == "SparseAdam" else []
    model = Sequential(*first, *(layers if noisy else [Linear(3, 5), Tanh(), Linear(5, 2)]))
    rule = rule_of(optimizer, model.parameters())
    callbacks = [EarlyStopping(patience=99), WeightAveraging(0.8)] if noisy else []
    callbacks += [GradientNoise(0.01)] if noisy and not first else []      # it makes a sparse gradient dense
    trainer = Trainer(model, MSELoss(), rule, metrics=[MeanAbsoluteError()], callbacks=callbacks,
                      schedule=SCHEDULES[schedule](rule))
    x = np.random.default_rng(0).normal(size=(4 * BATCHES + 3, 3)).astype(np.float32)
    data = ArrayDataset(np.arange(len(x)) % 6 if first else x, np.sin(x[:, :2]))
    train, test = data.split(3, rng=np.random.default_rng(1))
    loader = Augmented(train, 4, shuffle=True, rng=None if shared else np.random.default_rng(5))
    return trainer, loader, test


def fitted(*what, path=None, cut=None, resume=False, **options):
    trainer, loader, test = prepare(*what, **options)
    if cut is not None:
        trainer.callbacks.append(Cut(path, cut))
    if resume:
        trainer.load_state_dict(read_checkpoint(path))
    trainer.fit(loader, EPOCHS - trainer.epoch, test)
    return trainer


def bits(trainer):
    weights = {name: value.tobytes() for name, value in trainer.model.state_dict().items()}
    rows = [{name: value for name, value in row.items() if name != "seconds"} for row in trainer.history]
    return weights, rows


def check(path, cut, *what, **options):
    whole = bits(fitted(*what, **options))
    fitted(*what, path=path, cut=cut, **options)
    again = bits(fitted(*what, path=path, resume=True, **options))
    assert again[1] == whole[1], "the metrics differ"
    assert again[0] == whole[0], "the weights differ"
    assert len(whole[1]) == EPOCHS


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.safetensors"


def test_the_lists_are_complete():
    assert set(SCHEDULES) == {name for name in optim.__all__ if inspect.isclass(each := getattr(optim, name))
                              and issubclass(each, Schedule) and each is not Schedule}


PAIRS = list(itertools.zip_longest(sorted(OPTIMIZERS), sorted(SCHEDULES)))


@pytest.mark.parametrize(("optimizer", "schedule"), [(rule or "SGD", schedule or "StepLR") for rule, schedule in PAIRS])
def test_every_optimiser_and_every_schedule_go_on_as_if_nothing_had_been(path, optimizer, schedule):
    check(path, BATCHES + 3, optimizer, schedule)      # after the second batch of the second epoch


@pytest.mark.parametrize("cut", range(1, EPOCHS * (BATCHES + 1) + 1))
def test_every_place_is_one_to_go_on_from(path, cut):
    check(path, cut)


@pytest.mark.parametrize("cut", [1, BATCHES, BATCHES + 1, BATCHES + 3])
def test_loader_and_layers_may_share_a_generator(path, cut):
    check(path, cut, shared=True)


@pytest.mark.long
@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_all_of_them_with_all_of_them(path, optimizer, schedule, noisy):
    for cut in (2, BATCHES + 1, BATCHES + 3):
        check(path, cut, optimizer, schedule, noisy=noisy)


def test_what_is_not_restored_is_noticed(path, monkeypatch):
    """The comparison can fail: without its own generator's state, the run goes another way."""
    monkeypatch.setattr("chainrule.training.checkpoints.generators.Generators.restore", lambda *_: None)
    with pytest.raises(AssertionError, match="differ"):
        check(path, BATCHES + 3)


def test_going_on_to_more_epochs(path):
    whole, loader, test = prepare()
    whole.fit(loader, 5, test)
    short, loader, test = prepare()
    short.callbacks.append(Cut(path, 3 * (BATCHES + 1)))
    short.fit(loader, 3, test)
    again, loader, test = prepare()
    again.load_state_dict(read_checkpoint(path))
    again.fit(loader, 2, test)
    assert bits(again) == bits(whole)


def test_a_stopped_run_stays_stopped(path):
    class Stop(Cut):
        def on_epoch_end(self, trainer, row):
            trainer.stop("enough")
            super().on_epoch_end(trainer, row)

    trainer, loader, test = prepare()
    trainer.callbacks.append(Stop(path, BATCHES + 1))
    trainer.fit(loader, 3, test)
    again, loader, test = prepare()
    again.load_state_dict(read_checkpoint(path))
    again.fit(loader, 2, test)
    assert again.stopped == "enough"
    assert bits(again) == bits(trainer)


def test_a_fit_after_an_error_begins_its_epoch_anew():
    trainer, loader, test = prepare()
    trainer.fit(loader, 1, test)
    trainer.batch = 2                   # as an error leaves it
    trainer.fit(loader, 1, test)
    assert trainer.history["epoch"] == [1, 2]
    assert trainer.totals.batches == BATCHES


def state(**changes):
    trainer, loader, test = prepare()
    trainer.fit(loader, 1, test)
    return {**trainer.state_dict(), **changes}


@pytest.mark.parametrize(("changes", "message"), [
    ({"loss": {"x": np.zeros(1)}}, "x: unexpected"),
    ({"model": {}}, "0.weight: missing"),
    ({"optimizer": {"state": {}, "param_groups": []}}, "groups of"),
    ({"optimizer": None}, "TypeError"),
    ({"epoch": -1}, "epoch as a whole number"),
    ({"batch": "many"}, "batch"),
    ({"callbacks": [("Nobody", {})]}, "made with Nobody"),
    ({"callbacks": 5}, "TypeError"),
    ({"callbacks": [("EarlyStopping", {})]}, "KeyError"),
    ({"batch": 1, "totals": {"nothing": 1}}, "KeyError"),
    ({"generators": {"own": [], "source": []}}, "states of"),
])
def test_the_state_of_another_is_refused(changes, message):
    trainer, loader, test = prepare()
    with pytest.raises(CheckpointError, match=message):
        trainer.load_state_dict(state(**changes))
        trainer.fit(loader, 2, test)


JUNK = [None, -1, 10**30, 1.5, float("nan"), "x", "", [], {}, True, (), np.zeros(3), np.zeros((2, 0)), np.zeros((5, 3)),
        np.array("x" == "y"), [[[]]], {"a": 1}, {0: 1}, np.float32(3), 2**64, [("StepLR", {})], "StepLR"]


def places(state, path=()):
    """Yield the path of everything in a state."""
    inside = state.items() if isinstance(state, dict) else enumerate(state) if isinstance(state, (list, tuple)) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def replaced(state, path, junk):
    if not path:
        return junk
    if isinstance(state, dict):
        return {key: replaced(value, path[1:], junk) if key == path[0] else value for key, value in state.items()}
    items = [replaced(value, path[1:], junk) if key == path[0] else value for key, value in enumerate(state)]
    return tuple(items) if isinstance(state, tuple) else items


def with_junk(path, count, seed):
    """Put junk into valid checkpoints, with a right checksum: they load, or end in one clear error."""
    fitted(path=path, cut=BATCHES + 3)
    right, rng, refused = read_checkpoint(path), np.random.default_rng(seed), 0
    where = [place for place in places(right) if place[0] != "generators" or rng.random() < 0.2]
    for _ in range(count):
        place, junk = where[rng.integers(len(where))], JUNK[rng.integers(len(JUNK))]
        write_checkpoint(path, replaced(right, place, junk))
        trainer, loader, test = prepare()
        try:
            trainer.load_state_dict(read_checkpoint(path))
            trainer.fit(loader, 1, test)
        except chainrule.layers.core.ChainruleError:
            refused += 1
        except Exception as error:
            pytest.fail(f"{junk!r} at {place}: {type(error).__name__}: {error}")
    return refused


def test_junk_with_a_right_checksum_is_refused_or_does_no_harm(path):
    assert with_junk(path, 100, seed=0) > 20


@pytest.mark.long
def test_much_junk_with_a_right_checksum_is_refused_or_does_no_harm(path):
    assert with_junk(path, 3000, seed=1) > 1000


def test_other_data_are_refused(path):
    fitted(path=path, cut=3)
    trainer, loader, test = prepare()
    trainer.load_state_dict(read_checkpoint(path))
    loader.dataset = ArrayDataset(loader.dataset.x[:8], loader.dataset.y[:8])
    with pytest.raises(chainrule.layers.core.StateError, match="only 2; they are not those that it began with"):
        trainer.fit(loader, 3, test)


