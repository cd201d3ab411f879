"""What gradient_flow says: Jacobians, gradients and idle units, each by another way."""

import math

import numpy as np
import pytest

import chainrule
from chainrule.analysis.gradient_flow import gradient_flow, is_measurable, saturated_units
from chainrule.layers import Add, BatchNorm1d, Copy, Embedding, Linear, ReLU, Tanh
from chainrule.layers.core import DtypeError, Layer
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Residual, Sequential


@pytest.fixture
def sample():
    chainrule.manual_seed(0)
    model = Sequential(Linear(5, 6), BatchNorm1d(6), Tanh(), Residual(Sequential(Linear(6, 6), ReLU())), Linear(6, 3))
    rng = np.random.default_rng(0)
    return model, rng.normal(size=(20, 5)), rng.integers(3, size=20)


def test_norms_are_those_of_the_jacobian_with_the_statistics_of_the_samples(sample):
    model, x, _ = sample
    before = model.state_dict()
    flow = gradient_flow(model, x)
    assert all(np.array_equal(value, before[name]) for name, value in model.state_dict().items()) and model.training
    twin = Sequential(*model).astype(np.float64).eval()
    y = twin[0].forward(x)
    twin[1].running_mean.assign(y.mean(axis=0))
    twin[1].running_var.assign(y.var(axis=0, ddof=1))
    step = 1e-6
    jacobian = np.array([(twin.forward(x[:1] + step * unit) - twin.forward(x[:1] - step * unit))[0] / (2 * step)
                         for unit in np.eye(5)]).T
    assert flow.norm == flow.layers[0].to_output == pytest.approx(np.linalg.norm(jacobian, 2), rel=1e-6)
    assert flow.rms == pytest.approx(np.sqrt((np.linalg.svd(jacobian)[1] ** 2).sum() / 5), rel=1e-6)
    assert flow.exponent == pytest.approx(math.log(flow.norm) / 5)
    assert flow.layers[4].norm == pytest.approx(np.linalg.norm(model[4].weight.data, 2), rel=1e-6)


def test_gradients_are_those_of_the_weights_and_idle_units_are_counted(sample):
    model, x, y = sample
    flow = gradient_flow(model.eval(), x[:1], y[:1], CrossEntropyLoss())      # one sample: statistics stay
    twin, loss = Sequential(*model).astype(np.float64).eval(), CrossEntropyLoss()
    loss.forward(twin.forward(x[:1]), y[:1])
    twin.backward(loss.backward())
    assert flow.layers[0].gradient == pytest.approx(np.linalg.norm(twin[0].weight.grad), rel=1e-9)
    assert flow.layers[3].gradient == pytest.approx(np.linalg.norm(twin[3].branch[0].weight.grad), rel=1e-9)
    assert math.isnan(flow.layers[2].gradient) and math.isnan(flow.layers[0].idle)
    assert flow.layers[2].idle == saturated_units(twin, x[:1])["2"].mean()
    assert 0 <= flow.layers[3].idle <= 1
    assert "Residual" in str(flow) and "end to end" in str(flow) and "nan" not in str(flow)


def test_what_can_not_be_measured(sample):
    model, x, _ = sample
    assert is_measurable(model, x[:1])
    assert not is_measurable(Sequential(*(Tanh() for _ in range(81))), x[:1])
    assert not is_measurable(Linear(2000, 2000), np.ones((1, 2000)))            # minutes
    assert not is_measurable(Sequential(Embedding(3, 2)), np.zeros((1, 2), int))
    assert not is_measurable(model, (x[:1], x[:1]))
    assert not is_measurable(Sequential(Copy(), Add()), x[:1])                  # two outputs on the way

    class Own(Tanh):
        def describe(self, *x_shapes):
            return Layer.describe(self, *x_shapes)

    assert not is_measurable(Sequential(Own()), x[:1])
    with pytest.raises(DtypeError, match="floating-point samples"):
        gradient_flow(model, x.astype(int))
