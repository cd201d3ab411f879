"""The benchmark of the tricks: what is stored says what was asked for, and comes out again."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.efficient_backprop import RECIPES, run

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "efficient_backprop.json"
STORED = json.loads(RESULTS.read_text(encoding="utf-8"))
COSTLY = ("no shuffling: sorted by class", "no stochastic updates: full batches",
          "no initial values by fan-in: deviation 1")


def test_the_stored_numbers_say_what_was_asked_for():
    full = np.array(STORED["all tricks"]["test"])
    assert len(full) >= 3 and full.mean() <= 4
    assert all((np.array(STORED[name]["test"]) - full >= 2).all() for name in COSTLY)


@pytest.mark.long
def test_the_tricks_on_digits():
    def error(name):
        return run(RECIPES[name], STORED[name]["rate"], seed=0, final=True)

    full = error("all tricks")
    assert full <= 4 and all(error(name) >= full + 2 for name in COSTLY)
