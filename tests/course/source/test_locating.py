"""Where the code of a part stands."""

import pytest

from chainrule.course.source import locate
from chainrule.layers.core import UnknownNameError


@pytest.mark.parametrize(("target", "file", "path"), [
    ("layers.Linear.backward", "chainrule/layers/linear.py", ("Linear", "backward")),
    ("layers.GroupNorm.forward", "chainrule/layers/norms/row_norm.py", ("RowNorm", "forward")),
    ("optim.Adam.step", "chainrule/optim/adam.py", ("Adam", "update")),
    ("layers.Tanh", "chainrule/layers/activations/sigmoidal.py", ("Tanh",)),
    ("testing.check_layer", "chainrule/testing/layer.py", ("check_layer",)),
])
def test_in_the_library(target, file, path):
    spot = locate(target, ".")
    assert (spot.file, spot.path) == (file, path)
    assert spot.name == target.partition(".")[2]


def test_in_a_file_beside(tmp_path):
    (tmp_path / "xor.py").write_text("class Net:\n    def go(self): pass\n")
    assert locate("xor.Net.go", tmp_path).path == ("Net", "go")
    assert locate("xor", tmp_path).path == ()
    with pytest.raises(UnknownNameError, match=r"did you mean 'Net\.go'"):
        locate("xor.Net.goo", tmp_path)


@pytest.mark.parametrize(("target", "words"), [
    ("layers.Liner.forward", "did you mean 'Linear'"), ("layers.Linear.forwards", "did you mean 'forward'"),
    ("layerz.Linear", "did you mean 'layers'"), ("layers", "expected a class"),
])
def test_what_is_not_there_is_told(target, words, tmp_path):
    with pytest.raises(UnknownNameError, match=words):
        locate(target, tmp_path)
