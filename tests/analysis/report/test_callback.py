"""The page during training: whole at any time, within its share of time, and of no influence."""

import numpy as np
import pytest

import chainrule
from chainrule.analysis import Report, Samples
from chainrule.analysis.report import callback
from chainrule.data import DataLoader, spirals
from chainrule.layers import BatchNorm1d, Dropout, Linear
from chainrule.layers.core import NonFiniteError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Callback, LayerStatistics, Trainer


def fit(*callbacks, epochs=3, lr=0.1):
    chainrule.manual_seed(0)
    data = spirals(60, rng=np.random.default_rng(0))
    model = Sequential(Linear(2, 8), BatchNorm1d(8), Dropout(0.5), Linear(8, 3))
    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=lr), callbacks=callbacks)
    trainer.fit(DataLoader(data, 16, shuffle=True, rng=np.random.default_rng(1)), epochs)
    return trainer


def samples():
    return Samples(*spirals(60, rng=np.random.default_rng(0))[:], "training")


def test_it_is_written_after_each_epoch_and_at_the_end(tmp_path):
    class Reader(Callback):
        def on_epoch_end(self, trainer, row):
            pages.append((tmp_path / "page.html").read_text(encoding="utf-8"))

    pages = []
    report = Report(tmp_path / "page.html", samples(), title="spirals", share=1.0)
    report.on_fit_begin = lambda trainer: vars(report).update(_began=-1e9, _spent=0.0, _most=0.0)     # no budget
    fit(LayerStatistics(), report, Reader(), epochs=3)
    for epoch, page in enumerate(pages[:2], 1):
        assert f"{epoch} of 3 epochs, running" in page and 'http-equiv="refresh"' in page and "</html>" in page
    end = report.path.read_text(encoding="utf-8")
    assert "3 of 3 epochs" in end and "refresh" not in end and "decision boundary" in end
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_it_keeps_to_its_share_of_the_time(tmp_path, monkeypatch):
    now, written = [0.0], []
    monkeypatch.setattr(callback.time, "perf_counter", lambda: now[0])

    def page(*args, **kwargs):
        now[0] += 0.4
        written.append(now[0])
        return ""

    class Clock(Callback):
        def on_epoch_begin(self, trainer):
            now[0] += 1.0

    monkeypatch.setattr(callback, "report_page", page)
    fit(Clock(), Report(tmp_path / "page.html", share=0.04), epochs=100)
    during = written[:-1]
    assert all(0.4 * count <= 0.04 * at + 0.4 for count, at in enumerate(during, 1))
    assert 7 <= len(during) <= 10


def test_training_is_bit_for_bit_the_same(tmp_path):
    with_it, without = fit(LayerStatistics(), Report(tmp_path / "page.html", samples(), share=1.0)), fit()
    for name, value in without.model.state_dict().items():
        np.testing.assert_array_equal(value, with_it.model.state_dict()[name])
    assert [row["loss"] for row in without.history] == [row["loss"] for row in with_it.history]


def test_a_run_that_diverges_has_its_page_and_one_that_never_began_has_none(tmp_path):
    class Poison(Callback):
        def on_batch_begin(self, trainer, x, y):
            if trainer.epoch == epoch:
                x[:] = np.nan

    for epoch, exists in ((0, False), (2, True)):
        path = tmp_path / f"{epoch}.html"
        with pytest.raises(NonFiniteError):
            fit(Poison(), Report(path))
        assert path.exists() == exists


def test_a_share_is_a_share(tmp_path):
    with pytest.raises(ValueRangeError, match="Report expected share in"):
        Report(tmp_path / "page.html", share=2)
