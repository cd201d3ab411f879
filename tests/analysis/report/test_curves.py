"""Panels: training and validation together, the best epoch, logarithms where they help."""

import re

from chainrule.analysis.report.curves import best_epoch, curves_section

ROWS = [{"epoch": epoch, "loss": loss, "val_loss": loss + 0.1, "accuracy": accuracy, "lr": 0.1, "seconds": 1.0,
         "matrix": [[1]], "layers": {}, "own": 2.0 - loss}
        for epoch, loss, accuracy in ((1, 1.0, 0.5), (2, 0.5, 0.9), (3, 0.7, 0.9))]


def titles(page):
    return re.findall(r"<h3>(.*?)</h3>", page)


def test_one_panel_for_each_quantity():
    page = curves_section(ROWS)
    assert titles(page) == ["loss", "accuracy", "own", "learning rate"]
    assert page.count(">validation <b>") == 1


def test_the_best_is_the_lowest_loss_and_the_highest_accuracy_first_of_equals():
    assert best_epoch(ROWS, "val_loss") == 2 and best_epoch(ROWS, "accuracy") == 2
    assert best_epoch(ROWS, "own") is None
    assert best_epoch([{"epoch": 1, "loss": None}, {"epoch": 2, "loss": float("nan")}], "loss") is None
    assert curves_section(ROWS).count('class="ring"') == 2


def test_wide_ranges_are_logarithmic():
    rows = [{"epoch": epoch, "loss": 10.0 ** -epoch, "accuracy": 10.0 ** -epoch, "lr": 10.0 ** -epoch}
            for epoch in range(4)]
    assert titles(curves_section(rows)) == ["loss (logarithmic)", "accuracy", "learning rate (logarithmic)"]
    rows[3]["loss"] = -1.0
    assert titles(curves_section(rows))[0] == "loss"


def test_before_the_first_epoch_there_is_nothing():
    assert curves_section([]) == ""
