"""Trainer: the step of train_step, epochs around it, and everything put back whatever happens."""

import numpy as np
import pytest

import chainrule
from chainrule.data import ArrayDataset, DataLoader, digits
from chainrule.layers import Dropout, Linear, ReLU, Tanh
from chainrule.layers.core import DtypeError, StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss, L1Penalty, L2Penalty, MSELoss, weights_of
from chainrule.models import Parallel, Residual, Sequential
from chainrule.optim import SGD, Adam, Optimizer, StepLR
from chainrule.training import Callback, Trainer, train_step


def same_weights(one, other):
    ours, theirs = one.state_dict(), other.state_dict()
    return list(ours) == list(theirs) and all((ours[name] == theirs[name]).all() for name in ours)


@pytest.mark.parametrize("rule", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, lr=0.01)])
@pytest.mark.parametrize("size", [1, 7, None])
def test_weights_and_losses_are_those_of_bare_steps(network, regression, rule, size):
    ours, theirs, data = network(), network(), regression()
    trainer = Trainer(ours, MSELoss(), rule(ours.parameters()))
    history = trainer.fit(DataLoader(data, size, shuffle=True, rng=np.random.default_rng(3)), epochs=3)
    loss, optimizer, losses = MSELoss(), rule(theirs.parameters()), []
    loader = DataLoader(data, size, shuffle=True, rng=np.random.default_rng(3))
    for _ in range(3):
        losses.append([(len(x), train_step(theirs, loss, optimizer, x, y)) for x, y in loader])
    assert same_weights(ours, theirs)
    for row, batches in zip(history, losses, strict=True):
        assert row["loss"] == pytest.approx(sum(n * value for n, value in batches) / 23, rel=1e-12)
    if size is None:
        assert history["loss"] == [value for ((_, value),) in losses]


def test_same_seed_same_bits(regression):
    def run():
        chainrule.manual_seed(5)
        model = Sequential(Linear(2, 6), Dropout(0.3), Tanh(), Linear(6, 1))
        trainer = Trainer(model, MSELoss(), Adam(model.parameters(), lr=0.01))
        trainer.fit(DataLoader(regression(), 4, shuffle=True), epochs=4, validation=regression(seed=1))
        return model, [{name: value for name, value in row.items() if name != "seconds"} for row in trainer.history]

    (one, rows), (other, other_rows) = run(), run()
    assert same_weights(one, other)
    assert rows == other_rows


def test_a_second_fit_goes_on(fitted, regression, network):
    at_once = fitted(epochs=5)
    model = network()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1))
    loader = DataLoader(regression(), 7, shuffle=True, rng=np.random.default_rng(1))
    trainer.fit(loader, 2)
    trainer.fit(loader, 3)
    assert same_weights(model, at_once.model)
    assert trainer.history["epoch"] == [1, 2, 3, 4, 5]
    assert trainer.history["loss"] == at_once.history["loss"]


def test_rows(fitted, regression, network):
    trainer = fitted(epochs=2, validation=regression(seed=1))
    assert [list(row) for row in trainer.history] == [["epoch", "loss", "val_loss", "lr", "seconds"]] * 2
    assert trainer.history[-1]["val_loss"] == trainer.evaluate(regression(seed=1))["loss"]
    assert trainer.history[-1]["lr"] == 0.1


def test_validation_touches_nothing(fitted, regression):
    assert same_weights(fitted().model, fitted(validation=regression(seed=1)).model)


@pytest.mark.parametrize("container", [
    lambda: Linear(2, 1),
    lambda: Residual(Linear(2, 1), Linear(2, 1)),
    lambda: Sequential(Parallel(Linear(2, 1), Linear(2, 1)), chainrule.layers.Add()),
])
def test_any_layer_is_trained(container, regression):
    model = container()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1))
    history = trainer.fit(DataLoader(regression(), 7), epochs=10)
    assert history["loss"][-1] < history["loss"][0]


def test_frozen_layers_stay_and_the_gradient_of_the_data_is_not_computed(network, regression):
    seen = []

    class Watched(Linear):
        def backward(self, grad_out):
            seen.append(self.needs_input_grad)
            return super().backward(grad_out)

    model = Sequential(Watched(2, 5), Tanh(), Watched(5, 1))
    model[0].bias.requires_grad = False
    before = model[0].bias.data.copy()
    Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1)).fit(DataLoader(regression(), 23))
    assert seen == [True, False]
    assert (model[0].bias.data == before).all()


def test_penalties_count_once_per_step(network, regression):
    ours, theirs, data = network(), network(), regression()
    penalties = [L2Penalty(weights_of(ours), 0.3), L1Penalty(ours.parameters(), 0.01)]
    history = Trainer(ours, MSELoss(), SGD(ours.parameters(), lr=0.1), penalties=penalties).fit(
        DataLoader(data, None), epochs=3, validation=data)
    loss, optimizer = MSELoss(), SGD(theirs.parameters(), lr=0.1)
    for row in history:
        optimizer.zero_grad()
        value = loss.forward(theirs.forward(data.x), data.y)
        theirs.backward(loss.backward())
        squares = sum(float((p.data ** 2).sum()) for p in theirs.parameters() if p.data.ndim == 2)
        penalty = 0.15 * squares + 0.01 * sum(float(abs(p.data).sum()) for p in theirs.parameters())
        for p in theirs.parameters():
            p.grad += 0.01 * np.sign(p.data) + (0.3 * p.data if p.data.ndim == 2 else 0)
        optimizer.step()
        assert row["penalty"] == pytest.approx(penalty, rel=1e-5)
        assert row["loss"] == pytest.approx(value + penalty, rel=1e-5)
        assert row["val_loss"] == pytest.approx(loss.forward(theirs.forward(data.x), data.y), rel=1e-5)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-4, atol=1e-6)


def test_metrics_are_measured_in_training_too():
    train, test = digits(flat=True).split(rng=np.random.default_rng(0))
    chainrule.manual_seed(0)
    model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
    trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=0.01), metrics=["accuracy"])
    loader = DataLoader(train, 32, shuffle=True, rng=np.random.default_rng(1))
    history = trainer.fit(loader, epochs=15, validation=DataLoader(test, 100))
    assert history[-1]["accuracy"] > 0.97
    assert history[-1]["val_accuracy"] == trainer.evaluate(test)["accuracy"] >= 0.95


class Twice(Optimizer):
    """Gradient descent that evaluates the loss again where it has arrived, as line searches do."""

    needs_closure = True

    def __init__(self, params):
        super().__init__(params, lr=0.1)

    def step(self, closure=None):
        first = closure()
        for parameter in self.param_groups[0]["params"]:
            parameter.data -= 0.1 * parameter.grad
        closure()
        return first


def test_an_optimizer_may_evaluate_the_loss_more_than_once(network, regression):
    ours, theirs = network(), network()
    rows = [Trainer(model, MSELoss(), rule).fit(DataLoader(regression(), 7), epochs=3)["loss"]
            for model, rule in ((ours, Twice(ours.parameters())), (theirs, SGD(theirs.parameters(), lr=0.1)))]
    for name, value in ours.state_dict().items():       # a compiled rule may round another way
        np.testing.assert_allclose(value, theirs.state_dict()[name], rtol=1e-5)
    np.testing.assert_allclose(rows[0], rows[1], rtol=1e-5)


def test_every_moment_comes_in_order(network, regression):
    told = []

    class Recorder(Callback):
        def __getattribute__(self, name):
            if name.startswith("on_"):
                told.append(name.removeprefix("on_"))
            return super().__getattribute__(name)

    model = network()
    Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=[Recorder()]).fit(
        DataLoader(regression(), 12), epochs=2)
    batch = ["batch_begin", "backward_end", "batch_end"]
    epoch = ["epoch_begin", *batch, *batch, "batches_end", "epoch_end"]
    assert [name for name in told if name != "fit_end"] == ["fit_begin", *epoch, *epoch]
    assert told.count("fit_end") == 1


def test_a_callback_stops_after_the_batch_or_the_epoch(fitted, regression):
    class Stop(Callback):
        def __init__(self, moment):
            setattr(self, moment, lambda trainer, *news: trainer.epoch == 1 and trainer.stop("enough"))

    trainer = fitted(Stop("on_epoch_end"))
    assert (len(trainer.history), trainer.totals.batches, trainer.stopped) == (1, 4, "enough")
    trainer.callbacks.pop()
    trainer.fit(DataLoader(regression(), 7), epochs=2)
    assert (len(trainer.history), trainer.stopped) == (3, None)
    trainer = fitted(Stop("on_batch_end"))
    assert (len(trainer.history), trainer.totals.batches, trainer.stopped) == (2, 1, "enough")


@pytest.mark.parametrize("moment", ["on_fit_begin", "on_epoch_begin", "on_batch_begin", "on_backward_end",
                                    "on_batch_end", "on_epoch_end"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_after_an_interrupt_everything_is_as_before(network, regression, moment, error):
    ended = []

    class Interrupt(Callback):
        def __init__(self):
            setattr(self, moment, self.interrupt)

        def interrupt(self, trainer, *news):
            raise error

    class Ended(Callback):
        def on_fit_end(self, trainer):
            ended.append(np.geterr()["over"])

    model = network().eval()
    before = np.geterr()
    with pytest.raises(error):
        Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=[Ended(), Interrupt(), Ended()]).fit(
            DataLoader(regression(), 7))
    assert model.needs_input_grad
    assert not any(layer.training for _, layer in model.named_layers())
    assert np.geterr() == before
    assert len(ended) == (1 if moment == "on_fit_begin" else 2)


def test_the_schedule_moves_on_after_every_epoch(network, regression):
    model = network()
    optimizer = SGD(model.parameters(), lr=0.4)
    trainer = Trainer(model, MSELoss(), optimizer, schedule=StepLR(optimizer, 2, 0.5))
    assert trainer.fit(DataLoader(regression(), 7), epochs=5)["lr"] == [0.4, 0.4, 0.2, 0.2, 0.1]


def test_an_epoch_without_a_batch_is_refused(network, regression):
    model = network()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1))
    with pytest.raises(ValueRangeError, match="at least one batch in an epoch, got none in epoch 1; a DataLoader with "
                                              "drop_last needs batch_size samples"):
        trainer.fit(DataLoader(regression(), 24, drop_last=True))
    data = regression()
    with pytest.raises(ValueRangeError, match=r"got none in epoch 2; .* used up"):
        trainer.fit(iter([(data.x, data.y)]), epochs=2)


@pytest.mark.parametrize(("arguments", "error", "shown"), [
    ({"loss": MSELoss}, DtypeError,
     r"expected loss as an object of class Loss, got the class MSELoss; write MSELoss\(…\)"),
    ({"optimizer": SGD}, DtypeError,
     r"expected optimizer as an object of class Optimizer, got the class SGD; write SGD\(…\)"),
    ({"model": "mlp"}, DtypeError, "expected model as an object of class Layer, got 'mlp'"),
    ({"optimizer": SGD(Linear(2, 2).parameters(), lr=0.1)}, StateError,
     r"SGD holds no parameter of this model, which would learn nothing; make it with SGD\(model.parameters\(\), …\)"),
    ({"loss": MSELoss(reduction="none")}, ValueRangeError, "expected a loss that is one number"),
])
def test_arguments_that_do_not_fit(network, arguments, error, shown):
    model = network()
    good = {"model": model, "loss": MSELoss(), "optimizer": SGD(model.parameters(), lr=0.1)}
    with pytest.raises(error, match=shown):
        Trainer(**(good | arguments))


def test_what_is_no_source_of_batches(network, regression):
    model = network()
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1))
    with pytest.raises(DtypeError, match=r"got an ArrayDataset; write DataLoader\(dataset, batch_size=32, shuffle"):
        trainer.fit(regression())
    with pytest.raises(ValueRangeError, match="fit expected epochs as a whole number of at least 1, got 0"):
        trainer.fit(DataLoader(regression()), epochs=0)


def test_overflow_on_the_way_is_no_warning_of_numpy():
    model = Sequential(Linear(1, 1, bias=False))
    model[0].weight.data[...] = 1e30
    data = ArrayDataset(np.full((2, 1), 1e20, np.float32), np.zeros((2, 1), np.float32))
    with pytest.raises(chainrule.layers.core.NonFiniteError):
        Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1)).fit(DataLoader(data, 2))
