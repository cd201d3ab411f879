"""How a wrong layer is made of a right one."""

import numpy as np

from chainrule.layers import Linear
from chainrule.losses import MSELoss
from chainrule.testing.mutants import Subject

x = np.arange(12.0).reshape(4, 3)


def subject():
    entry = Subject(Linear, lambda: Linear(3, 2), ((4, 3),))

    @entry.wrong("sign")
    def input_gradient_negative(self, grad_out):
        """The gradient of the input has the wrong sign.

        Really.
        """
        return -Linear.backward(self, grad_out)
    return entry


def test_name_and_explanation_come_from_the_function():
    (mutant,) = subject().mutants
    assert mutant.name == "Linear.backward: input gradient negative"
    assert mutant.explanation == "The gradient of the input has the wrong sign. Really."
    assert (mutant.family, mutant.method) == ("sign", "backward")


def test_any_instance_can_be_made_wrong_and_stays_right_itself():
    (mutant,) = subject().mutants
    right = Linear(3, 5, bias=False)
    wrong = mutant.of(right)
    assert isinstance(wrong, Linear)
    assert wrong.title == right.title
    np.testing.assert_array_equal(wrong.forward(x), right.forward(x))
    grad_out = np.ones((4, 5))
    np.testing.assert_array_equal(wrong.backward(grad_out), -right.backward(grad_out))
    assert not np.may_share_memory(wrong.weight.data, right.weight.data)


def test_subclasses_keep_what_they_add():
    class Scaled(Linear):
        scale = 3

    (mutant,) = subject().mutants
    assert mutant.of(Scaled(3, 2)).scale == 3


def test_layers_and_losses_go_through_their_own_battery():
    (mutant,) = subject().mutants
    assert any(problem.startswith("grad_x against central differences") for problem in mutant.check().problems)
    assert subject().check(Linear(3, 2)).problems == []
    loss = Subject(MSELoss, MSELoss, ((4, 3), (4, 3)))
    assert [name for name in loss.check(MSELoss()).checked if "reduction" in name]
