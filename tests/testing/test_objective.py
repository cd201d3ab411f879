"""A loss with its target held is a layer."""

import numpy as np

from chainrule.layers import Linear
from chainrule.losses import MSELoss
from chainrule.testing.objective import Objective

x, target = np.arange(6.0).reshape(2, 3), np.ones((2, 2))


def test_value_and_gradient_are_those_of_model_and_loss():
    model, loss = Linear(3, 2).astype(np.float64), MSELoss()
    objective = Objective(loss, target, model)
    assert objective.forward(x) == MSELoss().forward(model.forward(x), target)
    grad_x = objective.backward(np.array(2.0))
    difference = model.forward(x) - target
    np.testing.assert_allclose(grad_x, difference @ model.weight.data)      # 2 * 2 * difference / 4
    np.testing.assert_allclose(model.weight.grad, difference.T @ x)


def test_a_loss_alone_takes_the_prediction():
    objective = Objective(MSELoss(reduction="none"), target)
    np.testing.assert_array_equal(objective.forward(2 * target), target)
    np.testing.assert_array_equal(objective.backward(3 * target), 6 * target)
    assert objective.title == "MSELoss(reduction='none')"


def test_the_title_names_both():
    assert Objective(MSELoss(), target, Linear(3, 2)).title == "Linear(3, 2) with MSELoss()"
