"""Mistakes in the own files of assignments, written before the diagnosis saw them: what is told of them."""

from collections import Counter
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

import chainrule.course
from chainrule.course import load_assignment
from chainrule.course.asking import answer, is_layer, question
from chainrule.course.mistakes import known_mistakes
from chainrule.course.names import names_of
from chainrule.course.seeds import seed_of
from chainrule.course.verdict import verdict

from .third_set import EDITS

ASSIGNMENTS = Path(chainrule.course.__file__).parent / "assignments"


@cache
def assignment(name):
    found = load_assignment(ASSIGNMENTS / name / f"{name}.yaml")
    return found, names_of(found, found.folder)


@cache
def asked(name, part, number):
    """Return a question, its right answers, and those of known mistakes."""
    whole, names = assignment(name)
    chosen = whole.parts[part]
    drawn = question(chosen, chosen.examples[number], seed_of(whole.seed, "visible", part, number), names)
    return (drawn, answer(chosen, chosen.examples[number], drawn, names),
            known_mistakes(whole, chosen, chosen.examples[number], drawn, names))


def told(edit, folder):
    """Return the first fault of an edited solution."""
    whole, names = assignment(edit.assignment)
    part = whole.parts[edit.part]
    copytree(ASSIGNMENTS / edit.assignment, folder, dirs_exist_ok=True)
    file = folder / f"{part.target.partition('.')[0]}.py"
    text = file.read_text("utf-8")
    assert edit.right in text
    file.write_text(text.replace(edit.right, edit.wrong, 1), "utf-8")
    mine = names_of(whole, folder)
    for number, example in enumerate(part.examples):
        drawn, expected, known = asked(edit.assignment, edit.part, number)
        layer = eval(example.make, dict(names)) if is_layer(example) else None
        found = verdict(whole, edit.part, example, drawn, expected, answer(part, example, drawn, mine), known, layer)
        if not found.passed:
            return found.faults[0]
    return None


@pytest.mark.long
def test_mistakes_in_own_files_are_seen_and_most_are_told_rightly(tmp_path):
    """A mistake that the teacher has named gets that name; of others the family is right."""
    faults = [(edit, told(edit, tmp_path / str(number))) for number, edit in enumerate(EDITS)]
    assert [edit for edit, fault in faults if fault is None] == []
    count = Counter("named" if fault.entries else fault.family == edit.family for edit, fault in faults)
    assert count["named"] >= 16
    assert count["named"] + count[True] >= 0.6 * len(EDITS), [
        (edit.part, edit.wrong, edit.family, fault.family) for edit, fault in faults
        if not fault.entries and fault.family != edit.family]
