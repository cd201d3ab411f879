"""The three rules: exact on one layer, the same without rectifiers, gone after the block, also after an error."""

import numpy as np
import pytest

import chainrule
from chainrule.analysis.saliency import deconvnet, gradient, guided_backprop, relu_rule
from chainrule.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Tanh
from chainrule.layers.core import UnknownNameError, call, call_back, watched
from chainrule.models import Sequential


@pytest.mark.parametrize(("name", "formula"), [
    ("gradient", lambda z, g: g * (z > 0)), ("deconvnet", lambda z, g: g * (g > 0)),
    ("guided", lambda z, g: g * (z > 0) * (g > 0))])
def test_each_rule_is_its_formula(name, formula):
    z, g = np.random.default_rng(0).normal(size=(2, 5, 7))
    _, entry = call(ReLU(), z)
    with relu_rule(name):
        assert np.array_equal(call_back(entry.layer, entry, g), formula(z, g))
    assert np.array_equal(call_back(entry.layer, entry, g), g * (z > 0))


def test_without_rectifiers_they_are_the_same():
    chainrule.manual_seed(0)
    model = Sequential(Conv2d(1, 3, 3), Tanh(), MaxPool2d(2), Flatten(), Linear(12, 5)).astype(np.float64)
    x = np.random.default_rng(0).normal(size=(4, 1, 6, 6))
    masks = [method(model, x, 2) for method in (gradient, deconvnet, guided_backprop)]
    assert np.abs(masks[0]).max() > 0
    assert all(np.abs(mask - masks[0]).max() <= 1e-12 for mask in masks)


def test_no_rule_leaks_not_even_after_an_error():
    with pytest.raises(ZeroDivisionError), relu_rule("guided"):
        assert watched()
        raise ZeroDivisionError
    assert not watched()

    class Broken(ReLU):
        def backward(self, grad_out):
            raise ZeroDivisionError

    model = Sequential(Linear(3, 3), Broken(), Linear(3, 2))
    x = np.ones((2, 3), np.float32)
    for method in (guided_backprop, gradient):
        with pytest.raises(ZeroDivisionError):
            method(model, x, 0)
    assert not watched() and all(parameter.requires_grad for parameter in model.parameters()) and model.training
    assert deconvnet(model, x, 0).shape == x.shape      # its rule does not ask the layer


def test_an_unknown_rule():
    with pytest.raises(UnknownNameError, match="guided"), relu_rule("guidded"):
        pass
