"""The dictionary and the diagnosis together: every mistake is seen, and named rightly."""

from collections import Counter
from functools import cache

import pytest

from chainrule.testing.diagnosis import ask, ask_optimizer, judge, known_mistakes, known_steps, question_for, steps_for
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


@cache
def outcomes(subject):
    """Return for each mistake of a subject what is told of it, with the dictionary and with it but for itself."""
    if subject in OPTIMIZER_SUBJECTS:
        question, steps = None, steps_for()
        right, known = ask_optimizer(subject.make, steps), known_steps(subject.make, steps)
    else:
        reference = subject.make()
        question = question_for(reference, *subject.arguments())
        right, known = ask(reference, question), known_mistakes(reference, question)
    names = {mutant.name for mutant in subject.mutants}
    return {entry.name: (entry, judge("it", right, entry.answers, question, known),
                         judge("it", right, entry.answers, question, [other for other in known if other is not entry]))
            for entry in known if entry.name in names}


ALL = (*SUBJECTS, *FORWARD_SUBJECTS, *OPTIMIZER_SUBJECTS)
FEW = ALL[::30]


def measured(subjects):
    found = [outcome for subject in subjects for outcome in told(subject).values()]
    named = [entry.name for entry, diagnosis, _ in found if diagnosis.faults[0].entries == (entry.name,)]
    confusion = Counter((entry.family, alone.faults[0].family) for entry, _, alone in found)
    return found, named, confusion


def told(subject):
    return outcomes(_Key(subject))


class _Key:
    def __init__(self, subject):
        self.subject = subject

    def __getattr__(self, name):
        return getattr(self.subject, name)

    def __hash__(self):
        return id(self.subject)

    def __eq__(self, other):
        return self.subject is getattr(other, "subject", other)


def test_the_dictionary_is_large_and_well_named():
    names = [mutant.name for mutant in EVERYTHING]
    assert len(set(names)) == len(names) >= 600
    assert len({name.partition(":")[0].partition(".")[0] + kind for kind, mutants in (
        (" backward", MUTANTS), (" forward", FORWARD_MUTANTS), (" step", OPTIMIZER_MUTANTS))
        for name in [mutant.name for mutant in mutants]}) >= 160
    assert len({mutant.name.partition(".")[0] for mutant in FORWARD_MUTANTS}) >= 40
    assert all(mutant.family in FAMILIES and mutant.explanation.endswith(".") for mutant in EVERYTHING)


@pytest.mark.parametrize("subjects", [FEW, pytest.param(ALL, marks=pytest.mark.long)], ids=["few", "all"])
def test_every_mistake_is_seen_and_nearly_all_are_named(subjects):
    found, named, confusion = measured(subjects)
    assert [entry.name for entry, diagnosis, _ in found if diagnosis.passed] == []
    assert len(named) >= 0.95 * len(found)
    right = sum(count for (family, told_family), count in confusion.items() if family == told_family)
    assert right >= 0.55 * len(found)       # of a mistake that is not in the dictionary, the family
