"""``chainrule check``."""

import pytest

from chainrule.cli.main import main
from chainrule.experiments import recipes


@pytest.mark.parametrize("recipe", recipes())
def test_every_recipe_is_right_and_nothing_is_written(tmp_path, monkeypatch, capsys, recipe):
    monkeypatch.chdir(tmp_path)
    assert main(["check", recipe]) == 0
    assert list(tmp_path.iterdir()) == []
    assert "optimizer" in capsys.readouterr().out


def test_summary_and_facts_are_printed(capsys):
    assert main(["check", "digits_mlp", "--set", "training.epochs=7", "--set", "training.batch_size=100",
                 "--set", "data.validation_size=47", "--set", "penalties=[{L2Penalty: 1e-4}]"]) == 0
    out = capsys.readouterr().out
    assert "Linear(64, 256)" in out
    assert "samples    1300 for training, 47 for validation, 450 for test\n" in out
    assert "steps      7 epochs of 13\n" in out
    assert "loss       CrossEntropyLoss(label_smoothing=0.1), L2Penalty\n" in out
    assert "optimizer  Adam\n" in out
    assert "metrics    accuracy\n" in out


def test_nothing_is_trained(monkeypatch, capsys):
    monkeypatch.setattr("chainrule.training.Trainer.fit", lambda *_: pytest.fail("it trained"))
    assert main(["check", "xor"]) == 0
