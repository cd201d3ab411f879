"""``chainrule trace``."""

import re

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.experiments import open_config, recipes


def blocks(text):
    return {head: body for head, _, body in (block.partition("\n") for block in text.strip().split("\n\n"))}


def test_every_step_is_printed_with_formula_values_and_gradients(capsys):
    assert main(["trace", "xor"]) == 0
    found = blocks(capsys.readouterr().out)
    assert list(found) == ["forward  0  Linear(2, 4)", "forward  1  Tanh()", "forward  2  Linear(4, 1)",
                           "forward  -  MSELoss()", "backward  -  MSELoss()", "backward  2  Linear(4, 1)",
                           "backward  1  Tanh()", "backward  0  Linear(2, 4)"]
    assert "grad_x = grad_out * (1 - y**2)" in found["backward  1  Tanh()"]
    assert "y = x @ weight.T + bias" in found["forward  0  Linear(2, 4)"]


def test_the_numbers_are_those_of_the_first_step(capsys):
    assert main(["trace", "xor"]) == 0
    found = blocks(capsys.readouterr().out)
    experiment = open_config("xor").experiment
    x, y = experiment.first_samples(4)
    difference = experiment.model.forward(x) - y
    shown = re.search(r"loss \(\)  (\S+)", found["forward  -  MSELoss()"])[1]
    assert float(shown) == pytest.approx(np.mean(difference**2), abs=1e-4)
    bias = re.search(r"grad_bias \(1,\)  \[(.*)\]", found["backward  2  Linear(4, 1)"])[1]
    assert float(bias) == pytest.approx(difference.sum() / 2, abs=1e-4)


def test_large_arrays_are_shown_as_statistics(capsys):
    assert main(["trace", "digits_cnn", "--samples", "2"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"grad_weight \(16, 1, 3, 3\)  least -?[\d.e-]+, mean", out)
    assert "x (2, 1, 8, 8)" in out


def test_penalties_are_named(capsys):
    assert main(["trace", "digits_softmax"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("L2Penalty  ")


@pytest.mark.parametrize("recipe", recipes())
def test_every_recipe_can_be_traced(tmp_path, monkeypatch, capsys, recipe):
    monkeypatch.chdir(tmp_path)
    assert main(["trace", recipe, "--samples", "2"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_expression_is_drawn_as_a_circuit(capsys):
    assert main(["trace", "(x + y) * z", "--at", "x=-2", "--at", "y=5", "--at", "z=-4"]) == 0
    out = capsys.readouterr().out
    assert "×" in out
    assert "-12" in out
    assert main(["trace", "(x + y) * z", "--at", "x=-2"]) == 2
    assert "expected values of x, y, z, got x" in capsys.readouterr().err


def test_html_is_one_page_and_json_can_be_compared(tmp_path, capsys):
    page, file = tmp_path / "trace.html", tmp_path / "trace.json"
    assert main(["trace", "xor", "--format", "html", "--output", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert text.count("<section class=forward>") == text.count("<section class=backward>") == 4
    assert "src=" not in text
    assert main(["trace", "xor", "--format", "json", "--output", str(file)]) == 0
    capsys.readouterr()
    assert main(["trace", "xor", "--against", str(file)]) == 0
    assert "all 8 steps agree with" in capsys.readouterr().out
    assert main(["trace", "xor", "--against", str(file), "--set", "seed=5"]) == 1
    assert capsys.readouterr().out.startswith("step 1 of 8, forward 0 Linear(2, 4): weight differs at index [0, 0]: ")
    assert main(["trace", "xor", "--against", str(page)]) == 2
    assert "expected a trace in JSON" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["xor", "--at", "x=1"], ["x * y", "--format", "json"],
                                       ["x * y", "--set", "seed=1"]])
def test_options_that_do_not_go_together_are_refused(arguments, capsys):
    assert main(["trace", *arguments]) == 2
    assert capsys.readouterr().err
