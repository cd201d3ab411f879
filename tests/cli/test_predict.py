"""``chainrule predict``."""

import csv

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.data import digits
from chainrule.experiments import open_trained


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "digits_softmax", "--set", "training.epochs=2"]) == 0
    [path] = (tmp_path / "runs").iterdir()
    return path


def test_arrays_go_in_and_a_table_comes_out(path, tmp_path, capsys):
    x = digits(flat=True).x[:5]
    np.savez("some.npz", x=x)
    capsys.readouterr()
    assert main(["predict", str(path), "some.npz"]) == 0
    out = capsys.readouterr().out
    rows = list(csv.DictReader(out.splitlines()))
    scores = open_trained(path).experiment.model.predict(x)
    assert [int(row["prediction"]) for row in rows] == scores.argmax(axis=1).tolist()
    assert sum(float(rows[0][str(index)]) for index in range(10)) == pytest.approx(1)
    assert main(["predict", str(path), "some.npz", "--output", "out.csv"]) == 0
    assert capsys.readouterr().out == "5 predictions in out.csv\n"
    assert (tmp_path / "out.csv").read_text() == out
    damaged = {"bad.npz": b"PK\x03\x04", "bad.npy": b"\x93NUMPY", "bad.csv": b"a\n1\n", "no.npz": None}
    for name, content in damaged.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        assert main(["predict", str(path), name]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert name in line


def test_an_image_is_one_sample(tmp_path, monkeypatch, capsys):
    image = pytest.importorskip("PIL.Image")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for kind in ("cat", "dog"):
        (tmp_path / "pictures" / kind).mkdir(parents=True)
        for index in range(4):
            pixels = rng.integers(0, 100, (6, 6, 3)) + (100 if kind == "dog" else 0)
            image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "pictures" / kind / f"{index}.png")
    (tmp_path / "c.yaml").write_text(
        "data: {dataset: {image_folder: {root: pictures, size: [6, 6]}}}\n"
        "model: [Flatten, {Linear: [108, 2]}]\nloss: CrossEntropyLoss\noptimizer: {Adam: {lr: 0.05}}\n"
        "training: {epochs: 30}\n")
    assert main(["train", "c.yaml"]) == 0
    [path] = (tmp_path / "runs").iterdir()
    capsys.readouterr()
    assert main(["predict", str(path), "pictures/dog/0.png"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head == "prediction,cat,dog"
    assert row.startswith("dog,")
