"""How many mistakes of the dictionary get their name, and what is told of those that are not in it.

``python -m benchmarks.diagnosis`` asks all of them (about a minute) and stores the counts; ``docs/generate.py`` writes
them into docs/diagnosis.md.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chainrule.testing.diagnosis import (
    Diagnosis,
    Known,
    ask,
    ask_optimizer,
    judge,
    known_mistakes,
    known_steps,
    question_for,
    steps_for,
)
from chainrule.testing.mutants import (
    FORWARD_MUTANTS,
    FORWARD_SUBJECTS,
    MUTANTS,
    OPTIMIZER_MUTANTS,
    OPTIMIZER_SUBJECTS,
    SUBJECTS,
    OptimizerSubject,
    Subject,
)

from .stored import Stored

__all__ = ["SIZES", "Outcome", "main", "outcomes"]

SIZES = {"backwards": len(MUTANTS), "forwards": len(FORWARD_MUTANTS), "steps": len(OPTIMIZER_MUTANTS)}


class Outcome(NamedTuple):
    """A mistake, what is told of it, and what is told if the dictionary has it not."""

    entry: Known
    told: Diagnosis
    unforeseen: Diagnosis

    @property
    def named(self) -> bool:
        """Whether it got its own name and no other."""
        return self.told.faults[0].entries == (self.entry.name,)

    @property
    def also_named(self) -> bool:
        """Whether its own name is among several that fit."""
        return not self.named and self.entry.name in self.told.faults[0].entries

    @property
    def families(self) -> tuple[str, str]:
        """What it is, and what is told of it unforeseen."""
        return self.entry.family, self.unforeseen.faults[0].family


def outcomes(subjects: Iterable[Subject | OptimizerSubject]) -> Iterator[Outcome]:
    """Ask each subject on its own example, once rightly and once for every mistake, and judge all of these."""
    for subject in subjects:
        if isinstance(subject, OptimizerSubject):
            question, steps = None, steps_for()
            right, known = ask_optimizer(subject.make, steps), known_steps(subject.make, steps)
        else:
            reference = subject.make()
            question = question_for(reference, *subject.arguments())
            right, known = ask(reference, question), known_mistakes(reference, question)
        own = {mutant.name for mutant in subject.mutants}
        for entry in known:
            if entry.name in own:
                others = [other for other in known if other is not entry]
                yield Outcome(entry, judge("it", right, entry.answers, question, known),
                              judge("it", right, entry.answers, question, others))


def main() -> None:
    """Measure all, and store the counts."""
    stored = Stored("diagnosis")
    found = {"layers": list(outcomes((*SUBJECTS, *FORWARD_SUBJECTS))), "optimisers": list(outcomes(OPTIMIZER_SUBJECTS))}
    every = [outcome for part in found.values() for outcome in part]
    confusion = Counter(outcome.families for outcome in found["layers"])
    stored.results = {
        **SIZES, "named": sum(outcome.named for outcome in every),
        "named too": sum(outcome.also_named for outcome in every),
        "family": {part: [sum(one == other for one, other in (outcome.families for outcome in those)), len(those)]
                   for part, those in found.items()},
        "confusion": {family: {told: count for (other, told), count in sorted(confusion.items()) if other == family}
                      for family in sorted({family for family, _ in confusion})}}
    stored.write()
    print({name: value for name, value in stored.results.items() if name != "confusion"})


if __name__ == "__main__":
    main()
