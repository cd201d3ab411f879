"""Trainer in a job of several ranks: the training of one process, the same bits on every rank, and one who writes."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, Compose, DataLoader, PixelNoise, WeightedRandomSampler
from chainrule.layers import BatchNorm1d, Dropout, Linear, SyncBatchNorm, Tanh
from chainrule.layers.core import NonFiniteError, StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss, L2Penalty, MSELoss, weights_of
from chainrule.models import Sequential
from chainrule.optim import LBFGS, SGD, Adam, ReduceLROnPlateau
from chainrule.training import (
    Callback,
    CheckpointFolder,
    Checkpoints,
    ClipGradNorm,
    EarlyStopping,
    GradientNoise,
    JsonLines,
    ScheduleRunner,
    TimeBudget,
    Trainer,
    WeightAveraging,
)
from chainrule.training.parallel import ZeroRedundancyOptimizer

METRICS = ["accuracy", "auc", "confusion_matrix", "f1"]
SAMPLES = 23


def data(n=SAMPLES, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)).astype(np.float32)
    return ArrayDataset(x, (x.sum(axis=1) > 0).astype(int) + (x[:, 0] > 0.5))


def network(*between, seed=3):
    rng = np.random.default_rng(seed)
    return Sequential(Linear(3, 6, bias=not between, rng=rng), *between, Tanh(), Linear(6, 3, rng=rng))


def trainer(*callbacks, model=None, optimizer=lambda p: SGD(p, lr=0.3, momentum=0.5), metrics=METRICS, **options):
    model = model or network()
    return Trainer(model, CrossEntropyLoss(), optimizer(model.parameters()), metrics=metrics, callbacks=callbacks,
                   **options)


def loader(batch_size=7, seed=1, **options):
    return DataLoader(data(), batch_size, "sampler" not in options, rng=np.random.default_rng(seed), **options)


def fit(made, epochs=3, source=None, **options):
    made.fit(source or loader(), epochs, validation=data(10, 5), **options)
    return made.model.state_dict(), [{name: value for name, value in row.items() if name != "seconds"}
                                     for row in made.history]


def same(one, other):
    return str(one) == str(other)       # floats and arrays to the last digit


def close(found, wanted, tolerance=2e-5):
    (weights, rows), (other_weights, other_rows) = found, wanted
    for name, value in other_weights.items():
        np.testing.assert_allclose(weights[name], value, 50 * tolerance, tolerance, err_msg=name)
    for row, other in zip(rows, other_rows, strict=True):
        for name, value in other.items():
            np.testing.assert_allclose(row[name], value, tolerance, tolerance, err_msg=name)


def plateau(optimizer):
    return ScheduleRunner(ReduceLROnPlateau(optimizer, patience=0, threshold=0.5))


CASES = {
    "plain": {"epochs": 4},
    "synchronized": {"model": lambda: network(SyncBatchNorm(6)), "batch_size": 21},
    "full batch": {"batch_size": None},
    "clipped and stopped": {"callbacks": lambda: [ClipGradNorm(0.05), EarlyStopping(patience=1, min_delta=0.2)],
                            "epochs": 6},
    "averaged, in micro-batches": {"callbacks": lambda: [WeightAveraging()], "micro_batch_size": 2},
    "penalized": {"penalties": lambda model: [L2Penalty(weights_of(model), 0.1)]},
    "with a line search": {"optimizer": lambda p: LBFGS(p, line_search_fn="strong_wolfe", max_iter=3),
                           "batch_size": None, "epochs": 2},
    "sampled": {"sampler": WeightedRandomSampler(np.arange(1.0, SAMPLES + 1), 17), "prefetch": 2},
    "sharded": {"optimizer": lambda p: ZeroRedundancyOptimizer(p, Adam, lr=0.01)},
    "on plateaus": {"runner": True},
}


@pytest.mark.parametrize("size", [3, *(pytest.param(size, marks=pytest.mark.long) for size in (2, 5))])
@pytest.mark.parametrize("case", CASES)
def test_it_is_the_training_of_one_process(ranks, case, size):
    def work(job=None):
        given = dict(CASES[case])
        epochs, model = given.pop("epochs", 3), given.pop("model", network)()
        source = {name: given.pop(name) for name in ("batch_size", "sampler", "prefetch") if name in given}
        callbacks = given.pop("callbacks", list)()
        if "penalties" in given:
            given["penalties"] = given["penalties"](model)
        runner = given.pop("runner", False)
        made = trainer(*callbacks, model=model, **given)
        if runner:
            made.callbacks.append(plateau(made.optimizer))
        return (*fit(made, epochs, loader(**source)), made.stopped)

    *wanted, stopped = work()
    found = ranks(size, work)
    for weights, rows, reason in found:
        assert reason == stopped and same((weights, rows), found[0][:2])
    close(found[0][:2], wanted)


def test_every_sample_once_and_augmented_with_draws_of_each_rank(ranks):
    def seen(job, **options):
        made, found = trainer(), []

        class Look(Callback):
            def on_batch_begin(self, trainer, x, y):
                found.append(x.copy())

        made.callbacks.append(Look())
        made.fit(loader(**options), 2)
        return found

    whole = [np.concatenate(parts) for parts in zip(*ranks(3, seen), strict=True)]
    plain = seen(None)
    assert [each.tolist() for each in whole] == [each.tolist() for each in plain]
    epoch = np.concatenate(plain[:4])
    assert sorted(epoch.tolist()) == sorted(data().x.tolist())
    transform = Compose([PixelNoise(1.0, clip=False)])
    first, second = ranks(2, lambda job: seen(job, transform=transform))
    alone = seen(None, transform=transform)
    assert (first[0] == alone[0][:4]).all()             # rank 0 draws what a process alone draws
    assert not np.allclose(first[0][:3] - plain[0][:3], second[0] - plain[0][4:], atol=0.1)


def dropping():
    return network(Dropout(0.5, rng=np.random.default_rng(4)))


def test_random_layers_draw_apart_and_a_run_repeats(ranks):
    masks = {}

    class Look(Callback):
        def on_batch_begin(self, trainer, x, y):
            states = masks.setdefault(trainer.communicator.rank, [])
            states.append(trainer.model[1].rng.bit_generator.state["state"]["state"])

    def work(job):
        return fit(trainer(Look(), model=dropping()))

    first = ranks(2, work)
    own = [list(states) for _, states in sorted(masks.items())]
    assert set(own[0]).isdisjoint(own[1])
    assert same(first[0], first[1]) and same(first, ranks(2, work))
    masks.clear()
    work(None)
    assert own[0][0] == masks[0][0]         # rank 0 draws what a process alone draws


@pytest.mark.parametrize("callback", [lambda: GradientNoise(0.1, rng=np.random.default_rng(2)),
                                      lambda: TimeBudget(1e-9)])
def test_what_depends_on_chance_or_the_clock_is_the_same_for_all(ranks, callback):
    found = ranks(3, lambda job: fit(trainer(callback())))
    assert all(same(each, found[0]) for each in found)


def test_plain_batch_norm_has_the_statistics_of_the_first_rank(ranks):
    found = ranks(2, lambda job: fit(trainer(model=network(BatchNorm1d(6))), source=loader(12)))
    assert same(found[0], found[1])


class Pausing(Callback):
    """Pauses after so many batches, on one rank alone."""

    def __init__(self, batches, rank):
        self.left, self.rank = batches, rank

    def on_batch_end(self, trainer, loss):
        self.left -= 1
        if trainer.any_rank(self.left == 0 and trainer.communicator.rank == self.rank):
            trainer.pause()


@pytest.mark.parametrize(("before", "after", "batches", "model"), [     # paused at an epoch's end, or amid the second
    (2, 2, 6, dropping), (3, 2, 6, network), *(pytest.param(before, after, batches, model, marks=pytest.mark.long)
                                               for before, after in ((2, 2), (2, 1), (1, 3), (3, 2))
                                               for batches in (4, 6) for model in (network, dropping))])
def test_a_job_of_any_size_goes_on(ranks, tmp_path, before, after, batches, model):
    folder = tmp_path / "checkpoints"

    def made(*callbacks):
        return trainer(*callbacks, Checkpoints(folder), model=model(),
                       optimizer=lambda p: ZeroRedundancyOptimizer(p, Adam, lr=0.01))

    whole = ranks(before, lambda job: fit(made(JsonLines(tmp_path / "log"))))
    ranks(before, lambda job: fit(made(JsonLines(tmp_path / "log"), Pausing(batches, before - 1)), epochs=3))
    state = CheckpointFolder(folder).latest().state
    assert (state["epoch"], state["batch"]) == divmod(batches, 4) or batches == 4       # the epoch has not ended yet

    def go_on(job):
        again = made(JsonLines(tmp_path / "log"))
        again.load_state_dict(CheckpointFolder(folder).latest().state)
        return fit(again, epochs=3 - again.epoch)

    found = ranks(after, go_on)
    assert all(same(each, found[0]) for each in found)
    if before == after:
        assert same(found, whole)           # bit for bit
    elif model is network:
        close(found[0], whole[0])


def test_only_the_first_rank_writes_and_shows(ranks, tmp_path):
    told = []

    class Show(Callback):
        first_rank_only = True

        def on_fit_begin(self, trainer):
            told.append(trainer.communicator.rank)

        def on_fit_end(self, trainer):
            told.append(trainer.communicator.rank)

    def work(job):
        own = tmp_path / str(job.rank)
        own.mkdir()
        fit(trainer(Show(), JsonLines(own / "log"), Checkpoints(own / "checkpoints", best="val_loss")))

    ranks(3, work)
    assert told == [0, 0]
    assert [sorted(path.name for path in (tmp_path / str(rank)).iterdir()) for rank in range(3)] == \
        [["checkpoints", "log"], [], []]


def test_a_look_by_the_first_rank_alone_waits_for_nobody(ranks):
    class Look(Callback):
        first_rank_only = True

        def on_batch_end(self, trainer, loss):
            trainer.model.forward(data().x)

    ranks(2, lambda job: fit(trainer(Look(), model=network(SyncBatchNorm(6)))))


def test_networks_that_part_are_found_out(ranks):
    class Drift(Callback):
        def on_batch_end(self, trainer, loss):
            trainer.model[0].weight.data[0, 0] += trainer.communicator.rank * 1e-4

    with pytest.raises(StateError, match="networks of the processes have parted: that of rank 1 has other weights"):
        ranks(3, lambda job: fit(trainer(Drift())))


def test_ranks_begin_where_the_first_one_does(ranks):
    found = ranks(2, lambda job: fit(trainer(model=network(BatchNorm1d(6), seed=job.rank)), source=loader(
        12, seed=job.rank)))
    assert same(found[0], found[1])


def test_what_is_not_finite_ends_all(ranks):
    class Bad(Callback):
        def on_batch_begin(self, trainer, x, y):
            x[0] = np.where(trainer.communicator.rank == 1, np.inf, x[0])

    seen = []

    def work(job):
        try:
            fit(trainer(Bad()))
        except NonFiniteError as error:
            seen.append(str(error))

    ranks(3, work)
    assert len(seen) == 3 and len(set(seen)) == 1       # all say what rank 1 has found
    assert seen[0].startswith("the loss is not finite in epoch 1: x of the batch has 3 non-finite of ")


def test_an_error_on_one_rank_ends_the_others(ranks):
    class Failing(Callback):
        def on_batch_end(self, trainer, loss):
            if trainer.communicator.rank == 1:
                raise ArithmeticError("rank 1 can not go on")

    with pytest.raises(ArithmeticError, match="rank 1 can not go on"):
        ranks(3, lambda job: fit(trainer(Failing())))


def test_ways_to_train_that_do_not_add_up_are_refused(ranks):
    class Odd(Trainer):
        many_processes = False

    model = network()
    message = "^Odd expected to train in one process, got a job of 2: it takes more of a batch than a gradient"
    with pytest.raises(ValueRangeError, match=message):
        ranks(2, lambda job: Odd(model, MSELoss(), SGD(model.parameters(), lr=0.1)).fit(loader()))
