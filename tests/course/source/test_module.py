"""What a module's statements bind and use."""

from chainrule.course.source import Imported, Module

TEXT = '''"""A module."""
from ..layers import Linear as L
import a.b as ab
x: "Kind" = [i for i in range(3)]
if x:
    y = L.first.second
'''


def test_statements():
    module = Module("p.room.file", TEXT)
    assert list(module.bound) == ["L", "ab", "x", "y"]
    assert module.bound["L"][0].imports == {"L": Imported("p.layers", "Linear")}
    assert module.bound["ab"][0].imports == {"ab": Imported("a.b", None)}
    assert ("Kind",) in module.bound["x"][0].uses
    assert ("L", "first", "second") in module.bound["y"][0].uses


def test_a_package_imports_from_itself():
    assert Module("p.room", "from .file import f", True).bound["f"][0].imports["f"] == Imported("p.room.file", "f")
    assert Module("p.room", "from .file import f").bound["f"][0].imports["f"] == Imported("p.file", "f")
