"""Randomised copies, and the sanity checks on digits: three seeds as they are stored, and (long) one anew."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import chainrule
from chainrule.analysis.saliency import METHODS, cascading, independent, sanity_checks, survives
from chainrule.layers import Linear, ReLU
from chainrule.layers.core import ShapeError
from chainrule.models import Sequential

HOUSE = Path(__file__).resolve().parents[3]


def same(a, b):
    return [bool((a[index].weight.data == b[index].weight.data).all()) for index in (0, 2, 4)]


def test_copies_become_random_from_the_last_layer_on_and_the_model_stays():
    model, fresh = (Sequential(Linear(4, 3), ReLU(), Linear(3, 3), ReLU(), Linear(3, 2)) for _ in range(2))
    before = model.state_dict()
    together, alone = dict(cascading(model, fresh)), dict(independent(model, fresh))
    assert list(together) == list(alone) == ["4", "2", "0"]
    assert [same(each, fresh) for each in together.values()] == [[False, False, True], [False, True, True], [True] * 3]
    assert [same(each, model) for each in alone.values()] == [[True, True, False], [True, False, True],
                                                              [False, True, True]]
    assert all(np.array_equal(value, before[name]) for name, value in model.state_dict().items())
    with pytest.raises(ShapeError, match="of the same make"):
        next(cascading(model, Sequential(Linear(4, 3))))


def test_an_explanation_that_shows_the_input_does_not_survive():
    chainrule.manual_seed(0)
    model, fresh = (Sequential(Linear(9, 8), ReLU(), Linear(8, 3)) for _ in range(2))
    x = np.random.default_rng(0).normal(size=(5, 9)).astype(np.float32)
    methods = {"edges": lambda model, x, target: x, "gradient": METHODS["gradient"]}
    findings = list(sanity_checks(model, fresh, x, methods, {"itself": model}))
    assert not survives(findings, "edges") and survives(findings, "gradient")
    assert all(each.similarity.spearman > 0.999 for each in findings if each.check == "itself")


def hold(rows):
    """Hold the means over seeds of |Spearman|, by check and method, against what was asked for beforehand."""
    def mean(check, method):
        return np.mean([found[2] for found in rows if tuple(found[:2]) == (check, method)])

    assert mean("cascading 0", "gradient") <= 0.30 and mean("cascading 0", "guided_backprop") >= 0.50
    assert mean("random labels", "guided_backprop") - mean("random labels", "gradient") >= 0.25
    assert mean("control: another seed", "gradient") >= 0.5
    assert mean("input", "guided_backprop") - mean("input", "gradient") >= 0.25


def test_the_stored_numbers_of_three_seeds():
    runs = json.loads((HOUSE / "benchmarks" / "results" / "saliency.json").read_text(encoding="utf-8"))
    assert len(runs) >= 3
    hold([found for run in runs for found in run["findings"]])


@pytest.mark.long
def test_a_seed_of_digits():
    benchmark = runpy.run_path(str(HOUSE / "benchmarks" / "saliency.py"))
    findings, _ = benchmark["checks"](0, {name: METHODS[name] for name in benchmark["RULES"]})
    hold([(each.check, each.method, each.similarity.spearman_abs) for each in findings])
