"""Which questions are asked, with whose numbers, and how little of the assignment goes to a worker with them."""

import json
from pathlib import Path

import pytest

from chainrule.course import load_assignment
from chainrule.course.grading.hidden_seed import hidden_seed
from chainrule.course.grading.questions import asked_for, told_to_worker
from chainrule.course.seeds import seed_of

FILES = {"task.py": "x = 1"}


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(Path(__file__).parents[1] / "hostile" / "assignment" / "hostile.yaml")


def test_visible_questions_come_first_with_the_numbers_of_the_handout(assignment):
    asked = list(asked_for(assignment, "task.scale", b"secret", FILES))
    assert asked[0] == (0, seed_of(0, "visible", "task.scale", 0), True)
    assert [(about.example, about.visible) for about in asked[1:]] == [(0, False), (1, False)] * 2


def test_hidden_seeds_hang_on_secret_submission_part_and_time():
    seeds = [hidden_seed(secret, files, *words) for secret in (b"a", b"b") for files in (FILES, {"task.py": "x = 2"})
             for words in (("one", 0), ("one", 1), ("two", 0))]
    assert len(set(seeds)) == 12
    assert hidden_seed(b"a", FILES, "one", 0) == seeds[0] < 2 ** 32


def test_a_worker_is_told_one_example_and_not_how_its_numbers_are_drawn(assignment):
    told = json.dumps(told_to_worker(assignment, "task.classify", 0, False))
    assert "classify(x)" in told and "labels" in told
    assert "standard_normal" not in told and "scale" not in told and "shift" not in told
