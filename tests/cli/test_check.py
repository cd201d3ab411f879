"""``chainrule check``."""

import pytest

from chainrule.cli.main import main
from chainrule.experiments import recipes


@pytest.mark.parametrize("recipe", recipes())
def test_every_recipe_is_right_without_a_warning_and_nothing_is_written(tmp_path, monkeypatch, capsys, recipe):
    monkeypatch.chdir(tmp_path)
    assert main(["check", recipe]) == 0
    assert list(tmp_path.iterdir()) == []
    out = capsys.readouterr().out
    assert "optimizer" in out and "warning" not in out


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


def test_memory_of_a_step_is_told_for_the_samples_that_are_computed_at_once(capsys):
    for options, caches in (([], "caches of 32 samples 41 kB"),
                            (["--set", "training.micro_batch_size=8"], "caches of 8 samples 10.2 kB")):
        assert main(["check", "digits_mlp", *options]) == 0
        out = capsys.readouterr().out       # 19,210 parameters of four bytes, and Adam's two moments of each
        assert f"for a step: parameters 76.8 kB, gradients 76.8 kB, optimizer 154 kB, {caches}\n" in out


@pytest.mark.parametrize(("change", "warning"), [
    ("model=[{Linear: [64, 10]}, {Softmax: 1}]", "warning: Softmax(dim=1) goes into CrossEntropyLoss"),
    ("model=[{Linear: [64, 10]}, {Dropout: 0.3}]", "warning: Dropout(p=0.3) is the last layer"),
    ("schedule={CosineAnnealingLR: {T_max: 10}}", "warning: CosineAnnealingLR has T_max=10 for 40 epochs"),
    ("training.callbacks=[{EarlyStopping: {monitor: loss, patience: 99}}]", "warning: EarlyStopping has a patience of"),
    ("data.test_size=0", "warning: nothing is held out"),
])
def test_likely_mistakes_are_warned_of_and_the_config_is_still_right(change, warning, capsys):
    assert main(["check", "digits_mlp", "--set", change]) == 0
    assert warning in capsys.readouterr().out


def test_batch_norm_of_single_samples_is_warned_of(capsys):
    assert main(["check", "digits_cnn", "--set", "training.batch_size=1"]) == 0
    assert "warning: BatchNorm2d(16) sees batches of 1, whose statistics are those of a single sample" in \
        capsys.readouterr().out

