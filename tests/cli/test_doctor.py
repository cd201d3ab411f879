"""``chainrule doctor``."""

import pytest

from chainrule.cli.main import main


def test_a_line_for_every_check(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "xor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7 and all(line.split()[0] in ("good", "skipped") for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_ends_with_exit_code_one(capsys):
    assert main(["doctor", "digits_softmax", "--set", "optimizer={SGD: {lr: 1e-8}}", "--seconds", "2"]) == 1
    assert "raise it to about" in capsys.readouterr().out


def test_what_a_report_of_a_bug_needs(capsys):
    assert main(["doctor", "--environment"]) == 0
    assert capsys.readouterr().out.startswith("chainrule ")
    for wrong in (["doctor"], ["doctor", "xor", "--environment"]):
        with pytest.raises(SystemExit):
            main(wrong)
        assert "expected a CONFIG or --environment, one of them" in capsys.readouterr().err


def test_two_networks_are_refused_in_one_line(capsys):
    assert main(["doctor", "blobs_gan"]) == 2
    assert capsys.readouterr().err == ("doctor expected one network that learns from one loss, got a GANTrainer\n")
