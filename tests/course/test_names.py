"""Names of an assignment's own files, and the library's."""

import sys

from chainrule.course.names import names_of, own_modules


def test_own_names_come_first_and_are_forgotten(circles):
    names = names_of(circles, circles.folder)
    assert own_modules(circles) == ("circles",)
    assert names["area"](1.0) > 3 and names["circles"].UNIT == "cm" and names["Linear"].__name__ == "Linear"
    assert "circles" not in sys.modules
    assert names_of(circles, circles.folder)["Disc"] is not names["Disc"]


def test_a_broken_file_is_told(yaml):
    assignment = yaml("title: x\nparts:\n  a.f: {points: 1, examples: [{call: f()}]}\n", a="import nothing_there")
    assert "nothing_there" in names_of(assignment, assignment.folder)["_errors"]["a"]


def test_a_function_goes_before_the_module_of_its_name(yaml):
    part = "{points: 1, examples: [{call: twice(x), arguments: {x: [2]}}]}"
    assignment = yaml(f"title: x\nparts:\n  twice.twice: {part}\n", twice="def twice(x):\n    return 2 * x\n")
    assert names_of(assignment, assignment.folder)["twice"](2) == 4
