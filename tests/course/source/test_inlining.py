"""A module stands without what its package lacks."""

import pytest

from chainrule.course.source import Module, inline
from chainrule.layers.core import StateError

KERNELS = '''"""Kernels."""
import math
from functools import cache as kept

from .twin import compiled

SIDE = 2


def other():
    return SIDE


@compiled
def area(r, SIDE_of=SIDE):
    """Return the area."""
    count = 1
    return half(r) * math.pi * count


@kept
def half(r):
    return r / SIDE
'''
SHAPES = '''"""Shapes."""

import numpy as np

from .. import unread
from ..core import Layer
from ..kernels import area

__all__ = ["Disc"]


class Disc(Layer):
    def forward(self, x):
        return area(float(np.asarray(x)))
'''


WHOLE = {"p": "unread = 1\n", "p.core": "class Layer:\n    pass\n", "p.kernels": "from .areas import area\n",
         "p.kernels.areas": KERNELS, "p.kernels.twin": "def compiled(f):\n    return f\n"}
MODULES = {name: Module(name, text, name in ("p", "p.kernels")) for name, text in WHOLE.items()}


def inlined(text=SHAPES, there=("p", "p.core")):
    return inline(Module("p.shapes.disc", text), MODULES.get, {name: MODULES[name] for name in there}.get)


def test_definitions_come_along_with_what_they_rest_on_and_nothing_else():
    text = inlined()
    assert "import math\nfrom functools import cache as kept\n" in text
    assert text.index("SIDE = 2") < text.index("@kept\ndef half") < text.index("def area(r, SIDE_of=SIDE)")
    assert text.index("def area") < text.index("class Disc")
    for gone in ("compiled", "def other", "unread", "from ..kernels"):
        assert gone not in text
    assert "from ..core import Layer" in text
    namespace = {"__package__": "p.shapes"}
    exec(text.replace("from ..core import Layer", "Layer = object"), namespace)
    assert namespace["Disc"]().forward(2.0) == pytest.approx(3.14159265)


def test_what_is_there_is_imported_from_where_it_is():
    text = inlined(there=("p.core", "p.kernels.areas"))     # and not through the package, which does not hand it on
    assert "from p.kernels.areas import area" in text and "def area" not in text
    assert inlined(there=("p", "p.core", "p.kernels", "p.kernels.areas")).count("import area") == 1


def test_two_things_of_one_name_are_refused():
    with pytest.raises(StateError, match=r"two things of the name 'half': p\.shapes\.disc\.half and p\.kernels\.areas"):
        inlined(SHAPES + "\n\ndef half():\n    pass\n")
