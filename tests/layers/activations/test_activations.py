"""Every activation against PyTorch over drawn options and shapes, far out, and in its curvature."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import CELU, Elementwise, Hardshrink, Hardtanh, LeCunTanh, ReLU, Softplus
from chainrule.layers.core import UnknownNameError, ValueRangeError

number = st.floats(0.1, 2.0)
OPTIONS = {
    "CELU": st.fixed_dictionaries({}, optional={"alpha": number}),
    "ELU": st.fixed_dictionaries({}, optional={"alpha": number}),
    "GELU": st.fixed_dictionaries({}, optional={"approximate": st.sampled_from(["none", "tanh"])}),
    "Hardshrink": st.fixed_dictionaries({}, optional={"lambd": number}),
    "Hardsigmoid": st.just({}), "Hardswish": st.just({}),
    "Hardtanh": st.fixed_dictionaries({}, optional={"min_val": st.floats(-2, -0.1), "max_val": number}),
    "LeakyReLU": st.fixed_dictionaries({}, optional={"negative_slope": st.floats(-1, 1)}),
    "LogSigmoid": st.just({}), "Mish": st.just({}), "ReLU": st.just({}), "ReLU6": st.just({}), "SELU": st.just({}),
    "SiLU": st.just({}), "Sigmoid": st.just({}),
    "Softplus": st.fixed_dictionaries({}, optional={"beta": st.floats(0.5, 3), "threshold": st.floats(1, 20)}),
    "Softshrink": st.fixed_dictionaries({}, optional={"lambd": number}),
    "Softsign": st.just({}), "Tanh": st.just({}), "Tanhshrink": st.just({}),
    "Threshold": st.fixed_dictionaries({"threshold": st.floats(-1, 1), "value": st.floats(-2, 2)}),
}
MEMBERS = {name: getattr(layers, name)(**({"threshold": 0.5, "value": 2.0} if name == "Threshold" else {}))
           for name in OPTIONS} | {"LeCunTanh": LeCunTanh()}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data(), name=st.sampled_from(sorted(OPTIONS)), shape=st.lists(st.integers(1, 5), max_size=4),
       scale=st.sampled_from([0.1, 1.0, 8.0]), seed=st.integers(0, 99))
def test_agrees_with_torch(agrees, data, name, shape, scale, seed):
    torch = pytest.importorskip("torch")
    arguments = data.draw(OPTIONS[name])
    x = np.asarray(np.random.default_rng(seed).normal(size=shape) * scale)
    rounded = {"Hardsigmoid": 1e-7, "CELU": 1e-7}   # PyTorch takes 1/6 and 1/alpha in single precision for doubles too
    agrees(getattr(layers, name)(**arguments), getattr(torch.nn, name)(**arguments), x, seed=seed,
           tolerance=rounded.get(name, 1e-10))


def test_no_activation_of_the_family_is_missing():
    family = {name for name in layers.__all__ if isinstance(getattr(layers, name), type)
              and issubclass(getattr(layers, name), Elementwise) and getattr(layers, name) is not Elementwise}
    assert family - {"Exp", "Log", "Sin", "Cos", "Power"} == set(MEMBERS)


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_inputs_give_finite_values_and_gradients(name, dtype):
    x = np.array([-1e12, -1e4, -30, -0.0, 0.0, 30, 1e4, 1e12], dtype)
    y = MEMBERS[name].forward(x)
    grad_x = MEMBERS[name].backward(np.ones_like(x))
    assert y.dtype == grad_x.dtype == dtype
    assert np.isfinite(y).all() and np.isfinite(grad_x).all()


@pytest.mark.parametrize("name", MEMBERS)
def test_curvature_is_the_derivative_of_the_slope(name):
    layer, x, eps = MEMBERS[name], np.linspace(-3.1, 3.3, 14), 1e-6
    slopes = [np.asarray(layer.slope(moved, layer.value(moved)), float) for moved in (x + eps, x - eps)]
    np.testing.assert_allclose(layer.curvature(x, layer.value(x)), (slopes[0] - slopes[1]) / (2 * eps),
                               rtol=1e-6, atol=1e-8)


def test_the_tanh_of_lecun_maps_one_to_one():
    y = LeCunTanh().forward(np.array([-1.0, 1.0]))
    np.testing.assert_allclose(y, [-1, 1], atol=1e-4)
    slow = [1.7159 * math.tanh(2 / 3 * x) for x in (-2.0, 0.3)]
    np.testing.assert_allclose(LeCunTanh().forward(np.array([-2.0, 0.3])), slow, rtol=1e-14)


def test_the_subgradient_at_zero_is_zero():
    relu = ReLU()
    relu.forward(np.zeros(3))
    assert relu.backward(np.ones(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("make", "error", "shown"), [
    (lambda: Softplus(beta=0), ValueRangeError, r"Softplus expected beta in \(0, inf\], got 0"),
    (lambda: CELU(0), ValueRangeError, "CELU expected an alpha other than 0"),
    (lambda: Hardtanh(1, 1), ValueRangeError, "Hardtanh expected min_val < max_val, got 1 and 1"),
    (lambda: Hardshrink(-1), ValueRangeError, "Hardshrink expected lambd in"),
    (lambda: layers.RReLU(0.5, 0.1), ValueRangeError, "RReLU expected lower <= upper, got 0.5 and 0.1"),
    (lambda: layers.GELU("tan"), UnknownNameError, "unknown approximate of GELU 'tan' – did you mean 'tanh'"),
])
def test_impossible_options_are_refused(make, error, shown):
    with pytest.raises(error, match=shown):
        make()


def test_names_of_arguments_show():
    assert repr(layers.Threshold(0.5, 2.0)) == "Threshold(threshold=0.5, value=2.0)"
