"""The dictionary of wrong backwards: large enough, well named, and every one caught by the battery."""

import pytest

from chainrule.testing.mutants import FAMILIES, MUTANTS, SUBJECTS, generic_mutants

from ...contract.examples import LAYERS, LOSSES

GENERIC = [mutant for subject in {subject.kind: subject for subject in SUBJECTS}.values()
           for mutant in generic_mutants(subject)]


def name(mutant):
    return mutant.name


def test_there_are_enough():
    assert len(MUTANTS) >= 150
    assert len({mutant.subject.kind for mutant in MUTANTS}) >= 35
    assert {mutant.family for mutant in MUTANTS} == set(FAMILIES)


def test_every_file_of_layers_and_losses_has_a_subject():
    files = {type(example.make()).__module__ for example in [*LAYERS.values(), *LOSSES.values()]}
    assert files - {subject.kind.__module__ for subject in SUBJECTS} == set()


def test_names_are_unique_and_explained():
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names))
    for mutant in [*MUTANTS, *GENERIC]:
        assert mutant.family in FAMILIES
        assert mutant.explanation.endswith(".")
        assert len(mutant.explanation) < 250
        assert mutant.name.startswith(f"{mutant.subject.kind.__name__}.{mutant.method}: ")


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.kind.__name__)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
def test_right_ones_are_not_faulted(subject, seed):
    assert subject.check(subject.make(), seed).problems == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=name)
def test_wrong_ones_are_caught(mutant):
    problems = mutant.check().problems
    assert problems
    assert not [problem for problem in problems if "raised" in problem and "read-only" not in problem], \
        "a mutant must be caught by what it computes, not by falling over"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("mutant", MUTANTS, ids=name)
def test_wrong_ones_are_caught_on_other_data(mutant, seed):
    assert mutant.check(seed).problems


@pytest.mark.parametrize("mutant", GENERIC, ids=name)
def test_general_mistakes_are_caught(mutant):
    assert mutant.check(entries=4).problems             # they are wrong in many
