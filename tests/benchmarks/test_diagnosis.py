"""The dictionary and the diagnosis together: every mistake is seen, and named rightly."""

import runpy
from pathlib import Path

import pytest

from benchmarks.diagnosis import outcomes
from chainrule.testing.mutants import (
    FAMILIES,
    FORWARD_MUTANTS,
    FORWARD_SUBJECTS,
    MUTANTS,
    OPTIMIZER_MUTANTS,
    OPTIMIZER_SUBJECTS,
    SUBJECTS,
)

EVERYTHING = (*MUTANTS, *FORWARD_MUTANTS, *OPTIMIZER_MUTANTS)
ALL = (*SUBJECTS, *FORWARD_SUBJECTS, *OPTIMIZER_SUBJECTS)
FEW = ALL[::30]


def test_the_dictionary_is_large_and_well_named():
    names = [mutant.name for mutant in EVERYTHING]
    assert len(set(names)) == len(names) >= 600
    assert len({name.partition(":")[0].partition(".")[0] + kind for kind, mutants in (
        (" backward", MUTANTS), (" forward", FORWARD_MUTANTS), (" step", OPTIMIZER_MUTANTS))
        for name in [mutant.name for mutant in mutants]}) >= 160
    assert len({mutant.name.partition(".")[0] for mutant in FORWARD_MUTANTS}) >= 40
    assert all(mutant.family in FAMILIES and mutant.explanation.endswith(".") for mutant in EVERYTHING)


def test_the_page_has_the_numbers_that_were_measured():
    docs = Path(__file__).parents[2] / "docs"
    written = runpy.run_path(str(docs / "generate.py"))["diagnosis"]()
    assert written == (docs / "diagnosis.md").read_text("utf-8"), "run: python docs/generate.py"


@pytest.mark.parametrize("subjects", [FEW, pytest.param(ALL, marks=pytest.mark.long)], ids=["few", "all"])
def test_every_mistake_is_seen_and_nearly_all_are_named(subjects):
    found = list(outcomes(subjects))
    assert [outcome.entry.name for outcome in found if outcome.told.passed] == []
    assert sum(outcome.named for outcome in found) >= 0.95 * len(found)
    right = sum(one == other for one, other in (outcome.families for outcome in found))
    assert right >= 0.55 * len(found)       # of a mistake that is not in the dictionary, the family
