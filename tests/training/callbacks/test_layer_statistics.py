"""Statistics of layers: held against weights that are kept before and after, and against NumPy's histogram."""

import numpy as np
import pytest

from chainrule.layers import BatchNorm1d, Linear
from chainrule.models import Sequential
from chainrule.training import Callback, LayerStatistics


class Diary(Callback):
    """Keeps gradients and weights around every step."""

    def __init__(self):
        self.steps = []

    def on_backward_end(self, trainer, loss):
        grads = {name: each.grad.copy() for name, each in trainer.model.named_parameters()}
        self.steps.append([trainer.epoch, grads, trainer.model.state_dict()])

    def on_batch_end(self, trainer, loss):
        self.steps[-1].append(trainer.model.state_dict())


def norm(arrays, path):
    return np.sqrt(sum((value.astype(np.float64) ** 2).sum() for name, value in arrays.items()
                       if name.startswith(f"{path}.")))


@pytest.mark.parametrize("path", ["0", "2"])
def test_norms_and_ratios_are_those_of_the_steps(fitted, path):
    diary = Diary()
    trainer = fitted(diary, LayerStatistics(samples=4), epochs=2)
    assert len(diary.steps) == 8
    for epoch, row in enumerate(trainer.history):
        steps = [step for step in diary.steps if step[0] == epoch]
        ratios = [norm({name: after[name] - value for name, value in before.items()}, path) / norm(after, path)
                  for _, _, before, after in steps]
        found = row["layers"][path]
        assert found["grad_norm"] == pytest.approx(np.sqrt(np.mean([norm(step[1], path) ** 2 for step in steps])))
        assert found["update_ratio"] == pytest.approx(np.sqrt(np.mean(np.square(ratios))), rel=1e-4)
        assert found["weight_norm"] == pytest.approx(norm(steps[-1][3], path), rel=1e-6)


def test_the_histogram_is_numpys(fitted):
    trainer = fitted(LayerStatistics(), epochs=1)
    low, high, *counts = trainer.history[0]["layers"]["0"]["histogram"]
    expected, edges = np.histogram(trainer.model[0].weight.data.astype(np.float64), bins=32)
    assert (low, high) == (edges[0], edges[-1])
    assert counts == expected.tolist()


def test_fewer_and_fewer_epochs_are_looked_at(fitted):
    rows = fitted(LayerStatistics(), epochs=130).history
    assert [row["epoch"] for row in rows if "layers" in row] == [
        *range(1, 32), *range(32, 64, 2), *range(64, 128, 4), 128]


def test_few_batches_of_an_epoch_are_looked_at(fitted):
    statistics = LayerStatistics(samples=2)
    fitted(statistics, epochs=1)                    # of four batches
    assert statistics.looked == 2


def test_training_is_the_same_and_a_fit_that_goes_on_records_the_same(fitted, regression):
    plain, whole = fitted(epochs=3), fitted(LayerStatistics(), epochs=3)
    for name, value in plain.model.state_dict().items():
        assert (value == whole.model.state_dict()[name]).all()
    halves = fitted(LayerStatistics(), epochs=1)
    halves.fit(halves.source, 2)
    assert [row["layers"] for row in halves.history] == [row["layers"] for row in whole.history]


def test_what_is_frozen_is_left_out_and_scales_have_no_histogram(fitted):
    model = Sequential(Linear(2, 5), BatchNorm1d(5), Linear(5, 1))
    model[0].requires_grad_(False)
    layers = fitted(LayerStatistics(), model=model, epochs=1).history[0]["layers"]
    assert {path: "histogram" in found for path, found in layers.items()} == {"1": False, "2": True}


def test_the_state_amid_an_epoch_is_plain_and_comes_back():
    one, other = LayerStatistics(), LayerStatistics()
    one.looked, one.squares = 3, {"0": [1.5, 0.25]}
    other.load_state_dict(one.state_dict())
    assert (other.looked, other.squares) == (3, {"0": [1.5, 0.25]})
