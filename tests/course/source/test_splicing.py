"""Right versions put into somebody's file."""

import pytest

from chainrule.course.source import Spot, splice
from chainrule.layers.core import UnknownNameError

RIGHT = '''"""Right."""
import math
from operator import add, mul

SCALE = 2


def helper(x):
    return mul(x, SCALE)


class Net:
    def forward(self, x):
        return helper(self._inner(x)) + math.floor(0.5)

    def _inner(self, x):
        return add(x, 1)

    def backward(self, g):
        return "right"
'''
MINE = '''"""Mine."""


def helper(x):
    return "mine"


class Net:
    def forward(self, x):
        return 1 / 0

    def _inner(self, g):
        return helper(g)

    def backward(self, g):
        return self._inner(g)
'''


def run(text):
    names = {}
    exec(text, names)
    return names


def test_the_right_version_runs_and_nothing_else_changes():
    names = run(splice(MINE, RIGHT, [Spot("net.py", ("Net", "forward"), "net.Net.forward")]))
    assert names["Net"]().forward(4) == 10
    assert names["Net"]().backward(0) == "mine" and names["helper"](1) == "mine"


def test_functions_classes_and_files():
    assert run(splice(MINE, RIGHT, [Spot("net.py", ("helper",), "net.helper")]))["helper"](3) == 6
    whole = run(splice(MINE, RIGHT, [Spot("net.py", ("Net",), "net.Net")]))["Net"]()
    assert whole.forward(4) == 10 and whole.backward(0) == "right"
    assert splice(MINE, RIGHT, [Spot("net.py", (), "net")]) == RIGHT


def test_a_file_without_the_class_or_that_is_no_python():
    spot = Spot("net.py", ("Net", "forward"), "net.Net.forward")
    with pytest.raises(UnknownNameError, match="no class Net"):
        splice("x = 1", RIGHT, [spot])
    with pytest.raises(SyntaxError):
        splice("def", RIGHT, [spot])
