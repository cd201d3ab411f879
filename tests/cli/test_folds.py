"""``chainrule folds``."""

import re

import pytest

from chainrule.cli.main import main

SMALL = ["--set", "training.epochs=1", "--set", "training.report=false"]


def test_it_tells_each_fold_and_their_mean(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["folds", "digits_softmax", "--folds", "3", *SMALL]) == 0
    *folds, mean = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in folds] == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]
    accuracy = [float(re.search(r"test_accuracy ([\d.]+)", line)[1]) for line in folds]
    told = re.search(r"test_accuracy ([\d.]+) ± ([\d.]+)", mean)
    assert float(told[1]) == pytest.approx(sum(accuracy) / 3, abs=1e-3)
    assert all((tmp_path / line.split()[-1]).is_dir() for line in folds)


def test_a_single_fold_holds_nothing_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(["folds", "digits_softmax", "--folds", "1"])
    assert caught.value.code == 2
    assert "expected --folds as at least 2, got 1" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
