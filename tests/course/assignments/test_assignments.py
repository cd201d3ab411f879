"""The assignments that ship: right solutions in any style get all points, and every known mistake shows."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from chainrule.course import load_assignment
from chainrule.course.asking import answer, question
from chainrule.course.mistakes import known_mistakes
from chainrule.course.names import names_of
from chainrule.course.verdict import verdict

HERE = Path(__file__).parent
FOLDERS = sorted(path.parent for path in (HERE.parents[2] / "course" / "assignments").glob("*/*.yaml"))
WITH_STYLES = {"a1": 23, "a2": 18, "a3": 16}       # the least number of pieces written anew


def named(path):
    return path.name[:2]


@cache
def opened(folder):
    assignment = load_assignment(folder / f"{folder.name}.yaml")
    return assignment, names_of(assignment, folder)


@cache
def asked(folder, part, number, seed=0):
    assignment, names = opened(folder)
    example = assignment.parts[part].examples[number]
    drawn = question(assignment.parts[part], example, seed, names)
    return example, drawn, answer(assignment.parts[part], example, drawn, names, probe=False)


def told(folder, part, names, *, slow=False):
    """Yield what is told of the answers of other names to every example of a part."""
    assignment, _ = opened(folder)
    if assignment.parts[part].speed or (assignment.parts[part].accuracy and not slow):
        return          # a loop may be right and slow
    for number in range(len(assignment.parts[part].examples)):
        example, drawn, expected = asked(folder, part, number)
        yield verdict(assignment, part, example, drawn, expected,
                      answer(assignment.parts[part], example, drawn, names, probe=False))


def solutions(folder, tmp_path):
    """Return all names of an assignment, and the pieces of the file of solutions beside this one."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    shutil.copy(HERE / f"solutions_{folder.name[:2]}.py", copy / "solutions.py")
    names = names_of(opened(folder)[0], copy, "solutions")
    return names, names["solutions"].PIECES


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_points_and_words_make_a_hundred(folder):
    assignment, _ = opened(folder)
    by_hand = (folder / "guide.md").read_text().split(" points by the grader, ")[1].split(" by hand")[0]
    assert assignment.points + int(by_hand) == 100
    assert f"({by_hand} points): `answers.md`, graded by hand" in (folder / assignment.text).read_text()


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_what_ships_is_right_for_other_numbers_too(folder):
    assignment, names = opened(folder)
    for part in assignment.parts:
        assert [str(diagnosis) for diagnosis in told(folder, part, names) if not diagnosis.passed] == [], part
        assert all("once/error" not in asked(folder, part, number)[2]
                   for number in range(len(assignment.parts[part].examples)) if not assignment.parts[part].accuracy)


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_part_has_a_known_mistake_and_every_mistake_written_here_shows(folder):
    assignment, names = opened(folder)
    written = {name for name, value in vars(names_of(assignment, folder, "mistakes")["mistakes"]).items()
               if callable(value) and value.__module__ == "mistakes" and not name.startswith("_")}
    for part in assignment.parts.values():
        found = set()
        for example in part.examples:
            drawn = question(part, example, 0, names)
            found |= {mistake.name for mistake in known_mistakes(assignment, part, example, drawn, names)}
        assert found or part.speed, part.target
        written -= {name.replace(".", "_").replace(": ", "_").replace(" ", "_") for name in found}
    assert written == set()


@pytest.mark.parametrize("folder", FOLDERS[:3], ids=named)
def test_right_solutions_in_any_style_are_not_faulted(folder, tmp_path):
    names, pieces = solutions(folder, tmp_path)
    assert sum(map(len, pieces.values())) >= WITH_STYLES[named(folder)]
    assignment, _ = opened(folder)
    for name, kinds in pieces.items():
        parts = [part for part in assignment.parts if name in assignment.parts[part].target.split(".")]
        assert parts, name
        for kind in kinds:
            for part in parts:
                for diagnosis in told(folder, part, {**names, name: kind}):
                    assert diagnosis.passed, f"{kind.__name__}: {diagnosis}"


@pytest.mark.long
@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("folder", FOLDERS[:3], ids=named)
def test_ten_whole_solutions_get_all_points(folder, number, tmp_path):
    names, pieces = solutions(folder, tmp_path)
    whole = {name: kinds[number % len(kinds)] for name, kinds in pieces.items()}
    for part in opened(folder)[0].parts:
        for diagnosis in told(folder, part, {**names, **whole}, slow=True):
            assert diagnosis.passed, f"{part}: {diagnosis}"
