"""How alike two solutions are."""

from chainrule.course.similarity import similarities, similarity
from chainrule.course.source import Spot

ONE = """def area(r):
    '''One.'''
    total = 0
    for step in range(3):
        total += step * r
    return total
"""


def test_names_comments_and_docstrings_do_not_count():
    other = ONE.replace("total", "result").replace("step", "i").replace("One", "Two").replace("= 0", "= 0    # nothing")
    spots = {"area": Spot("a.py", ("area",), "a.area")}
    assert similarities(spots, {"a.py": other}, {"a.py": ONE}) == {"area": 1.0}
    loop = "def area(r):\n    return r * sum([0, 1, 2])\n"
    assert similarities(spots, {"a.py": loop}, {"a.py": ONE})["area"] < 0.5
    assert similarities(spots, {"a.py": "def"}, {"a.py": ONE}) == {"area": 0.0}
    assert similarity("", "x = 1") == 0


def test_a_handout_is_nothing_like_its_solution(built):
    text = {path: data.decode() for path, data in built.handout.items() if path.endswith(".py")}
    right = {path: data.decode() for path, data in built.solution.items() if path.endswith(".py")}
    assert max(similarities(built.spots, text, right).values()) < 0.6
    assert set(similarities(built.spots, right, right).values()) == {1.0}
