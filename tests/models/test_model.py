"""Model: fit, evaluate and predict of every whole network."""

import numpy as np
import pytest

import chainrule
from chainrule.data import digits as load_digits
from chainrule.data import train_test_split
from chainrule.layers import Dropout, Linear, ReLU, Tanh
from chainrule.layers.core import DtypeError, NonFiniteError, ShapeError, ValueRangeError
from chainrule.losses import CrossEntropyLoss, L2Penalty, MSELoss
from chainrule.models import Graph, Sequential
from chainrule.optim import SGD, Adam, StepLR
from chainrule.training import Callback, History


@pytest.fixture(scope="module")
def digits():
    return train_test_split(*load_digits(flat=True)[:], rng=np.random.default_rng(0))


def regression(n_samples=11):
    x = np.random.default_rng(0).normal(size=(n_samples, 2)).astype(np.float32)
    return x, x[:, :1] * x[:, 1:]


def network():
    chainrule.manual_seed(0)
    return Sequential(Linear(2, 5), Tanh(), Linear(5, 1))


def test_digits_are_learned_from_one_call(digits):
    x_train, x_test, y_train, y_test = digits
    model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
    history = model.fit(x_train, y_train, loss=CrossEntropyLoss(), optimizer=Adam(model.parameters(), lr=0.01),
                        epochs=20, metrics=["accuracy"], validation_data=(x_test, y_test), verbose=0)
    assert isinstance(history, History) and len(history) == 20
    assert history[-1]["val_accuracy"] >= 0.95
    found = model.evaluate(x_test, y_test, loss=CrossEntropyLoss(), metrics=["accuracy"])
    assert found == {"loss": pytest.approx(history[-1]["val_loss"], rel=1e-6), "accuracy": history[-1]["val_accuracy"]}
    assert (model.predict(x_test).argmax(axis=1) == y_test).mean() == found["accuracy"]


def test_full_batch_descent_is_the_loop_written_by_hand():
    x, y = regression()
    model, by_hand, losses = network(), network(), []
    history = model.fit(x, y, loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=6, batch_size=None,
                        shuffle=False, verbose=0)
    for _ in range(6):
        hidden = np.tanh(x @ by_hand[0].weight.data.T + by_hand[0].bias.data)
        output = hidden @ by_hand[2].weight.data.T + by_hand[2].bias.data
        losses.append(float(((output - y) ** 2).mean()))
        delta = 2 * (output - y) / y.size
        delta_hidden = delta @ by_hand[2].weight.data * (1 - hidden ** 2)
        by_hand[2].weight.data -= np.float32(0.1) * (delta.T @ hidden)
        by_hand[2].bias.data -= np.float32(0.1) * delta.sum(axis=0)
        by_hand[0].weight.data -= np.float32(0.1) * (delta_hidden.T @ x)
        by_hand[0].bias.data -= np.float32(0.1) * delta_hidden.sum(axis=0)
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-5)
    for name, value in by_hand.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name], value, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("batch_size", "sizes"), [(1, [1] * 11), (4, [4, 4, 3]), (None, [11]), (50, [11])])
def test_full_batch_mini_batch_and_single_example_are_batch_size_alone(batch_size, sizes):
    seen = []

    class Sizes(Callback):
        def on_batch_begin(self, trainer, x, y):
            seen.append(len(x))

    model = network()
    model.fit(*regression(), loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), batch_size=batch_size,
              callbacks=[Sizes()], verbose=0)
    assert seen == sizes


def test_rng_decides_about_the_order_and_nothing_else():
    def weights(shuffle=True, seed=1):
        model = network()
        model.fit(*regression(), loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=3, batch_size=4,
                  shuffle=shuffle, rng=np.random.default_rng(seed), verbose=0)
        return np.concatenate([parameter.data.ravel() for parameter in model.parameters()])

    assert (weights() == weights()).all()
    assert (weights() != weights(seed=2)).any()
    assert (weights(shuffle=False) == weights(shuffle=False, seed=2)).all()


def test_schedule_and_penalties_reach_the_trainer():
    model = network()
    optimizer = SGD(model.parameters(), lr=0.4)
    history = model.fit(*regression(), loss=MSELoss(), optimizer=optimizer, schedule=StepLR(optimizer, 1, 0.5),
                        penalties=[L2Penalty(model.parameters(), 0.1)], epochs=3, verbose=0)
    assert history["lr"] == [0.4, 0.2, 0.1]
    assert all(row["penalty"] > 0 for row in history)


def test_a_graph_trains_too():
    model = Graph(["x"], {"h": (Linear(2, 5), "x"), "t": (Tanh(), "h"), "y": (Linear(5, 1), "t")}, ["y"])
    history = model.fit(*regression(), loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=30, verbose=0)
    assert history["loss"][-1] < history["loss"][0]
    assert model.predict(regression()[0]).shape == (11, 1)


@pytest.mark.parametrize(("verbose", "epochs"), [(True, 3), (False, 0), (1, 3), (0, 0), (2, 2)])
def test_verbose_is_every_how_many_epochs_a_line_is_printed(verbose, epochs, capsys):
    model = network()
    model.fit(*regression(), loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=3, verbose=verbose)
    assert len(capsys.readouterr().out.splitlines()) == epochs


def test_evaluate_and_predict_leave_the_model_as_it_was():
    x, y = regression()
    model = Sequential(Linear(2, 5), Dropout(0.5), Linear(5, 1))
    model[1].eval()
    for size in (1, 4, None):
        found = model.evaluate(x, y, loss=MSELoss(), batch_size=size)
        assert found["loss"] == pytest.approx(((model.predict(x, size) - y) ** 2).mean(), rel=1e-5)
    assert [layer.training for layer in model] == [True, False, True]


def test_float64_data_train_a_float32_model():
    x, y = (array.astype(np.float64) for array in regression())
    model = network()
    history = model.fit(x, y, loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=30, verbose=0)
    assert history["loss"][-1] < history["loss"][0]
    assert model.predict(x).dtype == np.float32


def fit(x, y, **options):
    model = network()
    return model.fit(x, y, loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), verbose=0, **options)


def test_data_that_can_not_be_learned_from():
    x, y = regression()
    holes = x.copy()
    holes[3, 1] = np.nan
    with pytest.raises(NonFiniteError, match=r"x has non-finite values, 1 of 22, the first x\[3, 1\] = nan"):
        fit(holes, y)
    with pytest.raises(NonFiniteError, match=r"y has non-finite values"):
        fit(x, np.full_like(y, np.inf))
    with pytest.raises(NonFiniteError, match=r"x has non-finite values"):
        fit(x, y, validation_data=(holes, y))
    for judge in (lambda: network().evaluate(holes, y, loss=MSELoss()), lambda: network().predict(holes)):
        with pytest.raises(NonFiniteError, match=r"x has non-finite values"):
            judge()
    with pytest.raises(ShapeError, match="equally many in each"):
        fit(x, y[:-1])
    with pytest.raises(DtypeError, match=r"expected x as a NumPy array, got list; convert it with np.asarray\(x\)"):
        fit(x.tolist(), y)
    with pytest.raises(DtypeError, match=r"Linear\(2, 5\) expected x of a floating-point dtype, got int64"):
        fit(x.astype(int), y)
    with pytest.raises(ValueRangeError, match="fit expected verbose as a whole number of at least 0, got -1"):
        model = network()
        model.fit(x, y, loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), verbose=-1)
