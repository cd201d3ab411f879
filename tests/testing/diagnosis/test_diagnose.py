"""What a diagnosis tells of a layer: rightly of right ones, in the right words of wrong ones."""

import os
import subprocess
import sys

import numpy as np
import pytest

from chainrule.layers import BatchNorm2d, Conv2d, Linear, Softmax
from chainrule.layers.core import Layer, StateError, get_rng_state
from chainrule.losses import MSELoss
from chainrule.testing import diagnose, diagnose_optimizer
from chainrule.testing.diagnosis import right_version

from .solutions_1 import SOLUTIONS as FIRST
from .solutions_2 import OPTIMIZERS
from .solutions_2 import SOLUTIONS as SECOND
from .solutions_3 import SOLUTIONS as THIRD


@pytest.mark.parametrize(("layer", "x"), [*FIRST, *SECOND, *THIRD],
                         ids=lambda value: type(value).__name__ if isinstance(value, Layer) else "")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
def test_right_solutions_in_any_style_are_not_faulted(layer, x, seed):
    assert str(diagnose(layer, *x, seed=seed)).endswith("comparisons")


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
def test_right_optimisers_in_any_style_are_not_faulted(make, seed):
    assert str(diagnose_optimizer(make, seed=seed)).endswith("comparisons")


def test_there_are_ten_styles_for_each_assignment():
    assert min(len(FIRST), len(SECOND) + len(OPTIMIZERS), len(THIRD)) >= 10


class WithoutVariance(BatchNorm2d):
    """A student's own code, not that of the dictionary."""

    def backward(self, grad_out):
        inv_std = self.saved().inv_std
        super().backward(grad_out)
        scaled = grad_out * self.weight.data.reshape(-1, 1, 1)
        return (scaled - scaled.mean(axis=(0, 2, 3), keepdims=True)) * np.reshape(inv_std, (-1, 1, 1))


def test_a_mistake_of_the_dictionary_is_named_with_equation_and_page():
    diagnosis = diagnose(WithoutVariance(3), (4, 3, 2, 5))
    assert [fault.name for fault in diagnosis.faults] == ["grad_x"]
    (fault,) = diagnosis.faults
    assert fault.family == "path"
    assert "the path of the gradient through the variance is missing" in str(diagnosis)
    assert fault.entries == ("BatchNorm2d.backward: variance path forgotten",)
    assert fault.equation.startswith("grad_x = (grad_out - mean(grad_out) - x_hat * mean(grad_out * x_hat))")
    assert fault.page == "docs/layers/batchnorm.md"
    assert fault.place == "after one forward and one backward, first at index [0, 0, 0, 0]"
    assert fault.numbers.startswith("120 of 120 values differ: expected ")


def test_two_mistakes_at_once_are_told_one_by_one():
    class Mine(Linear):
        def backward(self, grad_out):
            before = self.bias.grad.copy()
            grad_x = super().backward(grad_out)
            self.bias.grad = before + grad_out.mean(axis=0)
            return -grad_x
    faults = diagnose(Mine(4, 3), (5, 4)).faults
    assert [(fault.name, fault.family) for fault in faults] == [("grad_x", "sign"), ("bias.grad", "mean")]
    assert faults[1].entries == ("Linear.backward: bias gradient averaged",)


class Negative(Softmax):
    def backward(self, grad_out):
        return -super().backward(grad_out)


@pytest.mark.parametrize(("detail", "told", "hidden"), [
    ("verdict", ["something is wrong"], ["grad_x", "index", "minus"]),
    ("place", ["grad_x", "index [0, 0]"], ["expected", "minus"]),
    ("kind", ["grad_x", "index [0, 0]", "expected", "a minus is missing"], ["holds:", "read:"]),
    ("full", ["grad_x", "index [0, 0]", "expected", "a minus is missing", "holds: ", "read: docs/"], []),
])
def test_an_exam_tells_less(detail, told, hidden):
    text = str(diagnose(Negative(1), (4, 3), detail=detail))
    assert all(word in text for word in told)
    assert not [word for word in hidden if word in text]


def test_without_a_right_version_the_own_forward_is_differentiated():
    class Cube(Layer):
        factor = 3

        def forward(self, x):
            self.cache = x
            return x**3

        def backward(self, grad_out):
            return grad_out * self.factor * self.saved()**2
    assert right_version(Cube()) is None
    assert diagnose(Cube(), (4, 3)).passed
    wrong = Cube()
    wrong.factor = 2
    (fault,) = diagnose(wrong, (4, 3)).faults
    assert fault.kind == "constant ratio"
    assert "0.6667 times" in fault.sentence


def test_a_class_of_the_same_name_is_held_against_the_library():
    def backward(self, grad_out):
        return 2 * grad_out * self.saved()
    own = type("Tanh", (Layer,), {"forward": lambda self, x: vars(self).update(cache=x) or np.tanh(x),
                                  "backward": backward})
    (fault,) = diagnose(own(), (4, 3)).faults
    assert fault.name == "grad_x"
    assert fault.equation == "grad_x = grad_out * (1 - y**2)"


def test_a_loss_is_asked_with_its_target():
    class Half(MSELoss):
        def slope(self, prediction, target):
            return prediction - target
    (fault,) = diagnose(Half(), (4, 3), (4, 3)).faults
    assert fault.entries == ("MSELoss.slope: two forgotten",)


def test_what_is_not_written_yet_is_said():
    class Blank(Linear):
        def backward(self, grad_out):
            raise NotImplementedError("Linear.backward")
    (fault,) = diagnose(Blank(3, 2), (5, 3)).faults
    assert fault.kind == "not written"
    assert "NotImplementedError: Linear.backward" in str(fault.numbers)


def test_without_a_forward_there_is_nothing_to_compare_with():
    class Broken(Layer):
        def forward(self, x):
            raise ValueError("no")
    with pytest.raises((StateError, ValueError), match="no"):
        diagnose(Broken(), (4, 3))


def test_layer_and_random_numbers_are_left_alone():
    layer, before = Conv2d(2, 3, 3), get_rng_state()
    state = layer.state_dict()
    diagnose(layer, (2, 2, 5, 4))
    assert layer.cache is None
    assert get_rng_state() == before
    assert all((layer.state_dict()[name] == value).all() for name, value in state.items())


def test_numpy_alone_is_enough():
    code = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {'scipy', 'safetensors', 'numba', 'torch', 'yaml', 'pydantic', 'rich', 'matplotlib'}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from chainrule.layers import BatchNorm2d, Conv2d, Linear, MaxPool2d
from chainrule.losses import CrossEntropyLoss
from chainrule.testing import check_layer, diagnose
for layer, shape in ((Linear(3, 2), (5, 3)), (Conv2d(2, 3, 3), (2, 2, 5, 4)), (BatchNorm2d(2), (3, 2, 4, 2)),
                     (MaxPool2d(2), (2, 2, 4, 6))):
    assert diagnose(layer, shape).passed and check_layer(layer, shape).passed
import numpy as np
assert diagnose(CrossEntropyLoss(), (3, 4), np.array([0, 3, 1])).passed
try:
    from chainrule.layers import Upsample
    Upsample(scale_factor=2, mode='bilinear').forward(np.ones((1, 1, 2, 2), np.float32))
except ImportError as error:
    assert 'pip install scipy' in str(error)
else:
    raise SystemExit('expected an error that names SciPy')
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                            env={**os.environ, "CHAINRULE_COMPILED": "0"})
    assert result.returncode == 0, result.stderr
