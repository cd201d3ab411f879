"""The student's own check: every visible test, part by part in order, with the diagnosis of what is wrong."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from ..testing.diagnosis.diagnosis import Diagnosis, Fault
from .asking import answer, is_layer
from .assignment.schema import Assignment
from .names import Names, names_of
from .verdict import verdict
from .visible import path_of, read_test

__all__ = ["check_part", "main", "read_handout"]


def read_handout(folder: Path | str = ".") -> Assignment:
    """Return the assignment of the handout in a folder."""
    return Assignment.of(json.loads((Path(folder) / "assignment.json").read_text(encoding="utf-8")))


def check_part(assignment: Assignment, name: str, folder: Path | str = ".", names: Names | None = None) -> Diagnosis:
    """Ask what the handout asks of a part; return the first diagnosis that finds something, else that all is right."""
    part, compared = assignment.parts[name], 0
    names = names_of(assignment, folder) if names is None else names
    for number, example in enumerate(part.examples):
        test = read_test((Path(folder) / path_of(name, number)).read_bytes())
        start = perf_counter()
        received = answer(part, example, test.asked, names)
        if perf_counter() - start > assignment.limits.seconds:
            return _late(name, perf_counter() - start, assignment.limits.seconds)
        layer = eval(example.make, {**names}) if is_layer(example) and "once/error" not in received else None
        found = verdict(assignment, name, example, test.asked, test.expected, received, test.known, layer)
        compared += found.compared
        if not found.passed:
            return found.limited(assignment.feedback.visible)
    return Diagnosis(name, compared)


def _late(name: str, taken: float, most: float) -> Diagnosis:
    sentence = "The grader ends what takes longer than that, on its own machine. Is there a loop that NumPy could do?"
    return Diagnosis(name, 1, (Fault("time", "", f"it took {taken:.0f} s; {most:g} s are allowed", "time", "formula",
                                     sentence),))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line of a handout: ``python -m chainrule assignment check [PART…]``; 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m chainrule assignment check",
                                     description="Run the visible tests of this assignment, part by part.")
    parser.add_argument("words", nargs=2, metavar="assignment check")
    parser.add_argument("parts", nargs="*", metavar="PART", help="the parts to check; all of them if none is named")
    chosen = parser.parse_args(arguments)
    if chosen.words != ["assignment", "check"]:
        parser.error(f"expected 'assignment check', got {' '.join(chosen.words)!r}")
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")      # consoles that know no '×'
    assignment = read_handout()
    unknown = [name for name in chosen.parts if name not in assignment.parts]
    if unknown:
        parser.error(f"no part {unknown[0]!r}; known: {', '.join(assignment.parts)}")
    return _report(assignment, chosen.parts or list(assignment.parts))


def _report(assignment: Assignment, chosen: Sequence[str]) -> int:
    names, right, points = names_of(assignment, "."), set[str](), 0.0
    for name in chosen:
        part = assignment.parts[name]
        if not part.visible or not part.examples:
            print(f"-  {name}: only the grader asks this")
            continue
        waiting = [need for need in part.needs or () if need in chosen and need not in right]
        if waiting and not check_part(assignment, name, names=names).passed:
            print(f"-  {name}: waits for {waiting[0]}")
            continue
        found = check_part(assignment, name, names=names)
        if found.passed:
            right.add(name)
            points += part.points
            also = "; how fast, only the grader measures" if part.speed else ""
            print(f"✓  {name}: right in all {found.compared} comparisons, {part.points:g} points{also}")
        else:
            print(f"✗  {found}")
    print(f"{points:g} of {sum(assignment.parts[name].points for name in chosen):g} points in the visible tests")
    return 0 if all(name in right for name in chosen if assignment.parts[name].visible) else 1
