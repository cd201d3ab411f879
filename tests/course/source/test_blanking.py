"""Solutions taken out: signature and docstring stay, the rest of the file too."""

import ast

import pytest

from chainrule.course.source import Spot, blank
from chainrule.layers.core import StateError

TEXT = '''"""A file."""


class Net:
    """A net, ``y = 2 * x``."""

    def forward(
        self, x,      # a comment in the signature
    ):
        # the way there
        y = 2 * x       # doubled
        return y

    def backward(self, grad_out):
        """Go back.

        Shapes: as x
        """
        # BEGIN SOLUTION
        grad = 2 * grad_out
        # END SOLUTION
        return grad

    @property
    def jvp(self):
        return 2


def late(x):
    # BEGIN SOLUTION
    return x
    # END SOLUTION
'''


def blanked(*paths):
    return blank(TEXT, [Spot("net.py", path, ".".join(("net", *path))) for path in paths])


def test_a_body_goes_and_the_signature_stays():
    text, removed, used = blanked(("Net", "forward"))
    assert 'a comment in the signature\n    ):\n        raise NotImplementedError("net.Net.forward")\n' in text
    assert removed == ("        # the way there", "        y = 2 * x       # doubled", "        return y")
    assert {"x", "y"} <= used
    assert "def jvp" not in text and "@property" not in text        # it says half of the answer
    assert 'return grad\n\n\ndef late' in text


def test_a_region_goes_and_what_is_around_stays():
    text, removed, _ = blanked(("Net", "backward"))
    assert '        """\n        raise NotImplementedError("net.Net.backward")\n        return grad\n' in text
    assert removed[1] == "        grad = 2 * grad_out"
    assert "Shapes: as x" in text and "y = 2 * x " in text


def test_a_region_may_end_a_function_and_a_file():
    text, _, _ = blanked(("late",))
    assert text.endswith('def late(x):\n    raise NotImplementedError("net.late")\n')


def test_a_class_and_a_file():
    of_class = blanked(("Net",)).text
    assert of_class.count("NotImplementedError") == 1 and "def forward" in of_class       # it has a region
    of_file = blanked(()).text
    assert of_file.count("NotImplementedError") == 2
    ast.parse(of_file)


def test_a_class_without_regions_loses_all_bodies():
    methods = "    def one(self):\n        return 1\n    def two(self):\n        return 2\n"
    text, _, _ = blank(f"class A:\n    size = 3\n{methods}", [Spot("a.py", ("A",), "a.A")])
    assert text.count("NotImplementedError") == 2 and 'Error("a.A.two")' in text and "size = 3" in text


@pytest.mark.parametrize("body", ['    """Only this."""\n', '    """This."""\n\n    return 1\n',
                                  '    """This.\n\n    And that.\n    """\n', "\n# odd\n    return 1\n"])
def test_what_is_left_is_python(body):
    text = blank(f"def f():\n{body}\n\nx = 1\n", [Spot("a.py", ("f",), "a.f")]).text
    names = {}
    exec(text, names)
    assert names["x"] == 1
    with pytest.raises(NotImplementedError, match=r"a\.f"):
        names["f"]()


@pytest.mark.parametrize(("text", "path", "words"), [
    ("def f():\n    # BEGIN SOLUTION\n    pass\n", ("f",), r"a\.py:2: # BEGIN SOLUTION without"),
    ("def f():\n    # END SOLUTION\n    pass\n", ("f",), r"a\.py:2: # END SOLUTION without"),
    ("def f():\n    # BEGIN SOLUTION\n    # BEGIN SOLUTION\n    # END SOLUTION\n    pass\n", ("f",), "again"),
    ("def f(): return 1\n", ("f",), "on one line"), ("x = 1\n", (), "no # BEGIN"),
])
def test_what_can_not_be_taken_out(text, path, words):
    with pytest.raises(StateError, match=words):
        blank(text, [Spot("a.py", path, "a")])
