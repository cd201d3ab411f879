"""Grading one submission: the grader draws questions, a worker answers, arrays are compared here and nowhere else."""

import time
from collections.abc import Mapping
from queue import SimpleQueue
from threading import RLock
from typing import NamedTuple

from ...layers.core import ChainruleError, Layer, StateError, UnknownNameError
from ...testing.diagnosis import Diagnosis, Known
from ...testing.diagnosis.answers import Answers
from ..asking import answer, handed_over, is_layer, layer_question, question
from ..assignment import Assignment
from ..mistakes import known_mistakes
from ..names import names_of
from ..packing import Arrays
from ..verdict import verdict, words_of_inputs
from ..worker import LEVELS, Limits, Nursery, Outcome
from .comparing import incomparable, too_large, worth_a_look
from .grade import Grade, PartGrade
from .likeness import likenesses
from .material import Material
from .questions import AskedFor, asked_for, told_to_worker
from .speed import times_as_long
from .submission import Submission
from .telling import told_of_diagnosis, told_of_failure

__all__ = ["Grader", "IsolationError"]

ANSWER = "chainrule.course.answering:answer_part"
NEED_PROBES = ("kind", "full")


class IsolationError(ChainruleError):
    """Hidden questions would stand less apart from submissions than the assignment demands."""


class _Made(NamedTuple):
    """A question and its right answers."""

    asked: Arrays
    expected: Answers


class Grader:
    """Grade submissions to an assignment, from as many threads at once as there are ``jobs``.

    Args:
        assignment: with the folder it was read from, where the right versions are
        secret:     what hidden questions are drawn from
        level:      of isolation; by default the strongest that works here
        jobs:       how many tests run at a time

    Raises: IsolationError where the assignment demands more isolation than there is.
    """

    def __init__(self, assignment: Assignment, secret: bytes, level: str | None = None, jobs: int = 1) -> None:
        self.assignment, self.secret = assignment, secret
        self.material = Material(assignment)
        self.names = names_of(assignment, assignment.folder)
        self.of_handout: dict[tuple[str, AskedFor, bool], _Made] = {}
        self.known: dict[tuple[str, AskedFor], list[Known]] = {}
        self.alone = RLock()        # the library's own random numbers are one sequence
        self.nurseries = [Nursery(self.material.texts, level) for _ in range(jobs)]
        self.idle: SimpleQueue[Nursery] = SimpleQueue()
        for nursery in self.nurseries:
            self.idle.put(nursery)
        if assignment.hidden and LEVELS.index(self.level) < LEVELS.index(assignment.isolation):
            self.close()
            raise IsolationError(
                f"{assignment.name}: hidden questions need isolation {assignment.isolation!r}, here there is "
                f"{self.level!r}; grade on Linux or as root, or lower 'isolation': docs/threat_model.md tells the cost")

    def __enter__(self) -> "Grader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def level(self) -> str:
        """The level of isolation reached, one of ``LEVELS``."""
        return min((nursery.level or LEVELS[0] for nursery in self.nurseries), key=LEVELS.index)

    def close(self) -> None:
        """End the parents of the workers."""
        for nursery in self.nurseries:
            nursery.close()

    def grade(self, submission: Submission, name: str = "") -> Grade:
        """Return what a submission earned; ``name`` is whose it is."""
        start, parts = time.monotonic(), list[PartGrade]()
        for part in self.assignment.parts:
            parts.append(self._grade_part(part, submission, {grade.name for grade in parts if not grade.earned}))
        missing = [path for path in self.material.submit if path not in submission]
        alike = likenesses(self.material, submission, [part.name for part in parts if part.earned])
        return Grade(self.assignment.title, name, tuple(parts), self.level, time.monotonic() - start,
                     f"not handed in: {', '.join(missing)}" if missing else "", tuple(alike))

    def _grade_part(self, name: str, submission: Submission, failed: set[str]) -> PartGrade:
        part = self.assignment.parts[name]
        told = self._first_wrong(name, submission, self.material.changed(submission), echo=True)
        replaced = self.material.to_replace(name, failed) if told else []
        if told and replaced:
            again = self._with_right(name, submission, replaced, told)
            told = f"{told}\n  {again}" if again else None
        if part.speed and not told:
            told = self._too_slow(name, part.speed, self.material.changed(submission))
        return PartGrade(name, part.title or name, part.points, 0.0 if told else part.points, told or "right")

    def _with_right(self, name: str, submission: Submission, replaced: list[str], before: str) -> str | None:
        """Ask again with right versions of the parts it rests on, so that one mistake counts once."""
        rests = f"It rests on {', '.join(replaced)}"
        try:
            texts = self.material.with_right(submission, replaced)
        except (SyntaxError, UnknownNameError, ValueError, RecursionError, MemoryError):
            return f"{rests}; right versions of that do not fit into this file."
        # No word of the submission comes back here: what it could read are right versions.
        told = self._first_wrong(name, submission, texts, echo=False)
        if told is None:
            return None
        detail = told.removeprefix(f"{name}: something is wrong").strip()
        how = "in the same way" if told == before else f"too: {detail}"
        return "\n    ".join(filter(None, (f"{rests}; with right versions of that it is wrong {how}",
                                           self.material.about_cache(name, replaced))))

    def _first_wrong(self, name: str, submission: Submission, texts: Submission, echo: bool) -> str | None:
        """Return what is told of the first wrong answer."""
        for about in asked_for(self.assignment, name, self.secret, submission):
            told = self._wrong(name, about, texts, echo and about.visible)
            if told:
                return told
        return None

    def _too_slow(self, name: str, most: float, texts: Submission) -> str | None:
        """Return what is told of a right answer that takes more than ``most`` times as long as the reference."""
        about = next(asked_for(self.assignment, name, self.secret, {}))
        times = times_as_long(lambda call, of: self._run(name, about, of, call=call).processor, texts,
                              self.material.with_right({}, tuple(self.assignment.parts)))
        return None if times <= most else \
            f"Its numbers are right, but it takes {times:.1f} times as long as the reference; {most:g} are allowed."

    def _wrong(self, name: str, about: AskedFor, texts: Submission, echo: bool) -> str | None:
        detail = self.assignment.feedback.visible if about.visible else self.assignment.feedback.hidden
        outcome, diagnosis = self._ask(name, about, texts, probe=False)
        if diagnosis and not diagnosis.passed and detail in NEED_PROBES and "once/error" not in (outcome.arrays or ()):
            outcome, diagnosis = self._ask(name, about, texts, probe=True)
        if outcome.failure:
            return told_of_failure(outcome.failure, detail, echo)
        if diagnosis and not diagnosis.passed:
            return told_of_diagnosis(diagnosis, detail, echo, self._names_of_answers(name, about))
        return None

    def _names_of_answers(self, name: str, about: AskedFor) -> list[str]:
        """Return what the right answers are called where students are told of them."""
        made, layer = self._made(name, about, False), self._layer(name, about)
        said = words_of_inputs(layer, layer_question(made.asked) if layer is not None else None)
        return [said(key) for key in made.expected]

    def _layer(self, name: str, about: AskedFor) -> Layer | None:
        """Return the right version of the layer asked; None for a function."""
        example = self.assignment.parts[name].examples[about.example]
        return eval(example.make, dict(self.names)) if is_layer(example) else None      # the teacher's own words

    def _ask(self, name: str, about: AskedFor, texts: Submission, probe: bool) -> tuple[Outcome, Diagnosis | None]:
        """Return the outcome of a question, and what its arrays are worth; with ``probe`` also why they are wrong."""
        asked, expected = self._made(name, about, probe)
        outcome = self._run(name, about, texts, probe)
        if outcome.arrays is None:
            return outcome, None
        received = worth_a_look(expected, outcome.arrays)
        with self.alone:
            return outcome, too_large(name, expected, received) or self._judged(
                name, about, asked, expected, received, self._known(name, about, asked) if probe else [])

    def _run(self, name: str, about: AskedFor, texts: Mapping[str, str], probe: bool = False,
             call: str = ANSWER) -> Outcome:
        limits, example = self.assignment.limits, self.assignment.parts[name].examples[about.example]
        told, asked = told_to_worker(self.assignment, name, about.example, probe), self._made(name, about, probe).asked
        nursery = self.idle.get()
        try:
            return nursery.run(call, told, handed_over(example, asked), texts=texts,
                               limits=Limits(limits.seconds, limits.memory, limits.answer))
        finally:
            self.idle.put(nursery)

    def _judged(self, name: str, about: AskedFor, asked: Arrays, expected: Answers, received: Answers,
                known: list[Known]) -> Diagnosis:
        example = self.assignment.parts[name].examples[about.example]
        layer = self._layer(name, about)
        try:
            return verdict(self.assignment, name, example, asked, expected, received, known, layer)
        except Exception as error:      # arrays made to confuse whoever compares them are wrong ones
            return incomparable(name, f"{type(error).__name__} while comparing")

    def _made(self, name: str, about: AskedFor, probe: bool) -> _Made:
        """Return a question and its right answers; those of the handout are the same for all and made once."""
        with self.alone:
            if (name, about, probe) in self.of_handout:
                return self.of_handout[name, about, probe]
            part = self.assignment.parts[name]
            example = part.examples[about.example]
            asked = question(part, example, about.seed, self.names)
            made = _Made(asked, answer(part, example, asked, self.names, probe=probe))
            if "once/error" in made.expected:       # else whoever fails too would be right
                raise StateError(f"{name}: the right version itself fails: {made.expected['once/error']}")
            if about.visible:
                self.of_handout[name, about, probe] = made
            return made

    def _known(self, name: str, about: AskedFor, asked: Arrays) -> list[Known]:
        """Return the named mistakes of a part with their answers to a question."""
        if (name, about) in self.known:
            return self.known[name, about]
        part = self.assignment.parts[name]
        known = known_mistakes(self.assignment, part, part.examples[about.example], asked, self.names)
        if about.visible:
            self.known[name, about] = known
        return known
