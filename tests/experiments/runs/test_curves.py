"""The picture of several runs."""

from io import BytesIO

import matplotlib.figure
import matplotlib.image
import pytest

from chainrule.experiments.runs.curves import draw_comparison

HISTORY = [{"epoch": n, "loss": 1 / n, "val_loss": 2 / n, "accuracy": 1 - 1 / n, "lr": 0.1, "seconds": 0.5}
           for n in (1, 2, 3)]


def drawn(monkeypatch, histories):
    figures = []
    save = matplotlib.figure.Figure.savefig
    monkeypatch.setattr(matplotlib.figure.Figure, "savefig",
                        lambda self, *args, **kwargs: (figures.append(self), save(self, *args, **kwargs))[1])
    picture = draw_comparison(histories, "a title")
    return figures[0], matplotlib.image.imread(BytesIO(picture), format="png")


def test_each_quantity_has_a_panel_with_training_and_validation(monkeypatch):
    figure, picture = drawn(monkeypatch, {"a": HISTORY})
    panels = {axes.get_ylabel(): axes for axes in figure.axes}
    assert list(panels) == ["loss", "accuracy", "lr"]
    training, validation = panels["loss"].lines
    assert training.get_xydata().tolist() == [[1, 1], [2, 0.5], [3, pytest.approx(1 / 3)]]
    assert validation.get_ydata()[0] == 2
    assert [training.get_linestyle(), validation.get_linestyle()] == ["-", "--"]
    assert len(panels["accuracy"].lines) == 1
    assert picture.std() > 0


def test_what_is_missing_or_no_number_is_left_out(monkeypatch):
    history = [{"epoch": 1, "loss": float("nan"), "confusion_matrix": [[1, 0], [0, 1]]}, {"epoch": 2, "loss": None},
               {"epoch": 3, "loss": 4.0}]
    figure, _ = drawn(monkeypatch, {"a": history, "nothing yet": []})
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a"]


def test_a_history_of_nothing_is_drawn_as_nothing(monkeypatch):
    figure, _ = drawn(monkeypatch, {"a": []})
    assert len(figure.axes) == 1


def test_runs_share_the_panels_each_in_its_colour(monkeypatch):
    figure, _ = drawn(monkeypatch, {"a": HISTORY, "b": HISTORY[:2], "c": [{"epoch": 1, "f1": 0.5}]})
    panels = {axes.get_ylabel(): axes for axes in figure.axes}
    assert list(panels) == ["loss", "accuracy", "lr", "f1"]
    assert len(panels["loss"].lines) == 4
    colours = [line.get_color() for line in panels["loss"].lines]
    assert colours == ["C0", "C0", "C1", "C1"]
    assert panels["f1"].lines[0].get_color() == "C2"
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "c"]
    assert [line.get_linestyle() for line in legend.get_lines()] == ["-", "-", "-"]
