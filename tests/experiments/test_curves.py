"""The picture of a run."""

from io import BytesIO

import matplotlib.figure
import matplotlib.image
import pytest

from chainrule.experiments.curves import draw_curves

HISTORY = [{"epoch": n, "loss": 1 / n, "val_loss": 2 / n, "accuracy": 1 - 1 / n, "lr": 0.1, "seconds": 0.5}
           for n in (1, 2, 3)]


def drawn(monkeypatch, history):
    figures = []
    save = matplotlib.figure.Figure.savefig
    monkeypatch.setattr(matplotlib.figure.Figure, "savefig",
                        lambda self, *args, **kwargs: (figures.append(self), save(self, *args, **kwargs))[1])
    picture = draw_curves(history, "a title")
    return figures[0], matplotlib.image.imread(BytesIO(picture), format="png")


def test_each_quantity_has_a_panel_with_training_and_validation(monkeypatch):
    figure, picture = drawn(monkeypatch, HISTORY)
    panels = {axes.get_ylabel(): axes for axes in figure.axes}
    assert list(panels) == ["loss", "accuracy", "lr"]
    training, validation = panels["loss"].lines
    assert training.get_xydata().tolist() == [[1, 1], [2, 0.5], [3, pytest.approx(1 / 3)]]
    assert validation.get_ydata()[0] == 2
    assert len(panels["accuracy"].lines) == 1
    assert picture.std() > 0


def test_what_is_missing_or_no_number_is_left_out(monkeypatch):
    history = [{"epoch": 1, "loss": float("nan"), "confusion_matrix": [[1, 0], [0, 1]]}, {"epoch": 2, "loss": None},
               {"epoch": 3, "loss": 4.0}]
    figure, _ = drawn(monkeypatch, history)
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss"]


def test_a_history_of_nothing_is_drawn_as_nothing(monkeypatch):
    figure, _ = drawn(monkeypatch, [])
    assert len(figure.axes) == 1
