"""``chainrule uncertainty`` on tables of all kinds."""

import csv

import numpy as np
import pytest

from chainrule.cli.main import main


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    y = 3 + x[:, 0] - 2 * x[:, 1] + 0.1 * rng.normal(size=60)
    rows = [f"{a:.4f},{'red' if a > 0 else 'blue'},{b:.4f},{c:.4f}" for (a, b), c in zip(x, y, strict=True)]
    (tmp_path / "my.csv").write_text("\n".join(["length,colour,width,height", *rows]))
    np.savetxt(tmp_path / "plain.txt", np.column_stack([x, y]), fmt="%8.4f")


def test_every_method_and_the_predictions_as_a_table(table, capsys):
    few = ["--splits", "2", "--epochs", "3", "--hidden", "5"]
    assert main(["uncertainty", "my.csv", "--method", "all", *few]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "60 rows, 4 features, 2 divisions"             # a feature for each colour
    assert [line.split()[0] for line in out[2:]] == ["probabilistic", "dropout", "ensemble"]
    assert main(["uncertainty", "my.csv", "--label", "width", "--output", "out.csv", *few]) == 0
    with open("out.csv") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 2 * 6 and {row["split"] for row in rows} == {"0", "1"}
    with open("my.csv") as lines:
        widths = [float(row["width"]) for row in csv.DictReader(lines)]
    for row in rows:
        assert abs(float(row["target"]) - widths[int(row["row"]) - 1]) < 1e-4
        assert float(row["low"]) < float(row["mean"]) < float(row["high"]) and float(row["deviation"]) > 0
    assert main(["uncertainty", "plain.txt", *few]) == 0
    assert "60 rows, 2 features" in capsys.readouterr().out


def test_what_does_not_fit_is_one_line(table, capsys):
    for wrong, words in ((["my.csv", "--label", "hight"], "did you mean 'height'"),
                         (["plain.txt", "--label", "x"], "whose columns have no names"),
                         (["none.csv"], "none.csv"),
                         (["my.csv", "--test-size", "1.5"], "expected --test-size in (0, 1)"),
                         (["my.csv", "--splits", "0"], "expected --splits as a whole number of at least 1"),
                         (["my.csv", "--method", "all", "--output", "o.csv"], "expected one --method"),
                         (["my.csv", "--label", "colour"], "colour")):
        assert main(["uncertainty", *wrong]) == 2
        error = capsys.readouterr().err
        assert words in error and len(error.splitlines()) == 1
