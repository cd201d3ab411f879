"""Averages of weights: those of the definition, seen by the validation, kept at the end, and better on noisy steps."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader, digits
from chainrule.experiments import open_config
from chainrule.layers import BatchNorm1d, Linear, ReLU
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Callback, EarlyStopping, Trainer, WeightAveraging, evaluate


class Diary(Callback):
    """Keeps the weights after every batch and after every epoch's last."""

    def __init__(self):
        self.batches, self.epochs = [], []

    def on_batch_end(self, trainer, loss):
        self.batches.append(trainer.model.state_dict())

    def on_epoch_end(self, trainer, row):
        self.epochs.append(self.batches[-1])


def assert_equal(state, expected, tolerance=1e-6):
    assert list(state) == list(expected)
    for name, value in state.items():
        np.testing.assert_allclose(value, expected[name], rtol=tolerance, atol=tolerance, err_msg=name)


def mean(states):
    return {name: np.mean([state[name] for state in states], axis=0) for name in states[0]}


def test_plain_mean_from_an_epoch_on(fitted):
    diary = Diary()
    trainer = fitted(diary, WeightAveraging(start=1), epochs=3)
    assert len(diary.batches) == 12
    assert_equal(trainer.model.state_dict(), mean(diary.batches[4:]))
    diary = Diary()
    trainer = fitted(diary, WeightAveraging(start=1, every="epoch"), epochs=4)
    assert_equal(trainer.model.state_dict(), mean(diary.epochs[1:]))


def test_moving_average(fitted):
    diary = Diary()
    trainer = fitted(diary, WeightAveraging(decay=0.8), epochs=3)
    average = diary.batches[0]
    for state in diary.batches[1:]:
        average = {name: 0.8 * value + 0.2 * state[name] for name, value in average.items()}
    assert_equal(trainer.model.state_dict(), average)


def test_the_steps_are_those_without_averaging(fitted):
    plain, averaged = Diary(), Diary()
    fitted(plain)
    fitted(averaged, WeightAveraging())
    for one, other in zip(plain.batches, averaged.batches, strict=True):
        assert_equal(one, other, 0)


def test_the_validation_sees_the_average(fitted, regression):
    seen, data = [], regression(seed=1)

    class Spy(Callback):
        def on_epoch_end(self, trainer, row):
            seen.append((row["val_loss"], evaluate(trainer.model, MSELoss(), data)["loss"],
                         evaluate(averaging.average.module, MSELoss(), data)["loss"]))

    averaging = WeightAveraging(start=1)
    fitted(averaging, Spy(), epochs=3, validation=data)
    assert all(value == own for value, own, _ in seen)
    assert [value == averaged for value, _, averaged in seen] == [False, True, True]


def test_a_further_fit_goes_on_from_the_weights(network, regression):
    def trained(*epochs):
        model = network()
        trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=[WeightAveraging()])
        loader = DataLoader(regression(), 7, shuffle=True, rng=np.random.default_rng(1))
        for each in epochs:
            trainer.fit(loader, each)
        return model.state_dict()

    assert_equal(trained(2, 3), trained(5), 0)


def test_one_object_serves_one_run_after_another(fitted):
    averaging = WeightAveraging()
    first = fitted(averaging).model.state_dict()
    assert_equal(fitted(averaging).model.state_dict(), first, 0)


def test_early_stopping_goes_back_to_the_best_average(fitted, regression):
    stopping, data = EarlyStopping(patience=2), regression(seed=1)
    trainer = fitted(WeightAveraging(decay=0.5), stopping, epochs=6, lr=0.3, validation=data)
    assert trainer.evaluate(data)["loss"] == stopping.best


def test_what_an_interrupt_leaves_is_the_average_so_far(fitted):
    diary, averaging = Diary(), WeightAveraging()

    class Interrupt(Callback):
        def on_batch_end(self, trainer, loss):
            if len(diary.batches) == 6:
                self.model = trainer.model
                raise KeyboardInterrupt

    interrupt = Interrupt()
    with pytest.raises(KeyboardInterrupt):
        fitted(diary, averaging, interrupt)
    assert_equal(interrupt.model.state_dict(), mean(diary.batches))


def test_batch_norms_know_the_statistics_of_the_averaged_network():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 3)).astype(np.float32)
    model = Sequential(Linear(3, 4), BatchNorm1d(4), ReLU(), Linear(4, 2))
    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), callbacks=[WeightAveraging()])
    trainer.fit(DataLoader(ArrayDataset(x, rng.integers(0, 2, 24)), 8), epochs=3)
    batches = [model[0].forward(x[start:start + 8]) for start in (0, 8, 16)]
    np.testing.assert_allclose(model[1].running_mean.data, np.mean([batch.mean(0) for batch in batches], 0), rtol=1e-5)
    np.testing.assert_allclose(model[1].running_var.data, np.mean([batch.var(0, ddof=1) for batch in batches], 0),
                               rtol=1e-5)
    assert model[1].momentum == 0.1 and model[1].training


def test_where_the_statistics_fail_the_average_and_the_old_statistics_stay():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 3)).astype(np.float32)
    model = Sequential(Linear(3, 4), BatchNorm1d(4), Linear(4, 2))
    passes, averaging = [], WeightAveraging()

    class FailsTheSecondTime:
        def __iter__(self):
            passes.append(1)
            if len(passes) == 2:
                raise OSError("the data are gone")
            return iter([(x, np.zeros(24, int))] * 3)

    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), callbacks=[averaging])
    with pytest.raises(OSError, match="the data are gone"):
        trainer.fit(FailsTheSecondTime())
    average = averaging.average.module.state_dict()
    assert all((value == average[name]).all() for name, value in model.state_dict().items())
    assert model[1].momentum == 0.1 and all(layer.training for _, layer in model.named_layers())


def test_the_average_of_noisy_steps_is_no_worse_than_the_last():
    train, test = digits(flat=True).split(rng=np.random.default_rng(0))
    accuracy = {}
    for name, callbacks in (("last", []), ("mean", [WeightAveraging(start=2)]), ("moving", [WeightAveraging(0.98)])):
        model = Sequential(Linear(64, 10, rng=np.random.default_rng(1)))
        trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=20.0), metrics=["accuracy"],
                          callbacks=callbacks)
        trainer.fit(DataLoader(train, 8, shuffle=True, rng=np.random.default_rng(2)), epochs=5)
        accuracy[name] = trainer.evaluate(test)["accuracy"]
    assert min(accuracy["mean"], accuracy["moving"]) >= accuracy["last"], accuracy


def test_a_config_can_ask_for_it(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("data: {dataset: {blobs: {n_samples: 20}}}\nmodel: {Linear: [2, 3]}\nloss: CrossEntropyLoss\n"
                    "optimizer: {SGD: {lr: 1}}\ntraining:\n  epochs: 2\n  batch_size: 5\n  callbacks:\n"
                    "    - WeightAveraging: {decay: 0.5, start: 1}\n")
    made = open_config(path).experiment
    made.run()
    (averaging,) = [each for each in made.trainer.callbacks if isinstance(each, WeightAveraging)]
    assert (averaging.decay, averaging.start, averaging.every) == (0.5, 1, "batch")
    assert_equal(made.trainer.model.state_dict(), averaging.average.module.state_dict(), 0)


def test_wrong_arguments():
    with pytest.raises(ValueRangeError, match=r"WeightAveraging expected decay in \[0, 1\], got 2"):
        WeightAveraging(2)
    with pytest.raises(ValueRangeError, match="start as a whole number of at least 0, got -1"):
        WeightAveraging(start=-1)
    with pytest.raises(UnknownNameError, match="every of WeightAveraging 'step'"):
        WeightAveraging(every="step")
