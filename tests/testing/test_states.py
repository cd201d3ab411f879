"""Each check on what outlives a call finds the mistake it is there for."""

from copy import copy

import numpy as np
import pytest

from chainrule.layers import Buffer, Dropout, Identity, Layer, Linear, Tanh
from chainrule.layers.core import Kept, ShapeError
from chainrule.testing.states import (
    STATE_CHECKS,
    backward_follows_forward,
    copies_are_independent,
    description_holds,
    dtypes_are_kept,
    frozen_parameters_are_left_alone,
    same_seed_same_bits,
    shows_itself,
    state_dict_is_complete,
)
from chainrule.testing.trial import Trial

x = np.random.default_rng(0).normal(size=(4, 3))


def found(check, layer, *, training=True):
    return list(check(Trial(layer, (x,), training=training)))


class Center(Layer):
    """Subtracts the mean in training, its running value in evaluation."""

    kept = staticmethod(Buffer)

    def __init__(self):
        self.mean = self.kept(np.zeros(3))

    def forward(self, x):
        if self.training:
            self.mean.assign(x.mean(axis=0))
        self.cache = (self.training, x.dtype)
        return (x - self.mean.data).astype(x.dtype)

    def backward(self, grad_out):
        training, dtype = self.saved()
        grad_x = grad_out - grad_out.mean(axis=0) if training else grad_out
        return grad_x.astype(dtype) if self.needs_input_grad else None


class ForgetfulCenter(Center):
    class kept:         # state, but no Buffer
        def __init__(self, data):
            self.data = data

        def assign(self, value):
            self.data = value


class AsksNow(Dropout):
    def backward(self, grad_out):
        return super().backward(grad_out) if self.training else grad_out


class Upcast(Tanh):
    def value(self, x):
        return np.tanh(x) * np.float64(1)


class UpcastGradient(Linear):
    def backward(self, grad_out):
        return super().backward(grad_out).astype(np.float64)


class FollowsUpstream(Identity):
    def backward(self, grad_out):
        self.saved()
        return grad_out


class Unseeded(Identity):
    def apply(self, x):
        return x * np.random.default_rng().normal()


class Thawed(Linear):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        if not self.bias.requires_grad:
            self.bias.grad += grad_out.sum(axis=0)
        return grad_x


class Marked(Linear):
    def backward(self, grad_out):
        self.weight.reached = True
        return super().backward(grad_out)


class Tied(Linear):
    def __deepcopy__(self, memo):
        return copy(self)


def described(**changes):
    class Described(Linear):
        def describe(self, *x_shapes):
            right = super().describe(*x_shapes)
            values = {name: getattr(right, name) for name in ("y_shapes", "parameters", "kept", "views")} | changes
            return type(right)(**values)
    return Described(3, 2)


class Permissive(Identity):
    def forward(self, x):
        if x.shape[1] != 3:
            raise ShapeError("three columns, please")
        return super().forward(x)


class Nameless(Identity):
    def __repr__(self):
        return "<layer>"


CASES = [
    (dtypes_are_kept, Upcast(), "y for x in float32 and a layer in float32: expected float32, received float64"),
    (dtypes_are_kept, UpcastGradient(3, 2), "grad_x for x in float32 and a layer in float32, grad_out in float32: "
                                            "expected float32, received float64"),
    (dtypes_are_kept, FollowsUpstream(), "grad_x for x in float32 and a layer in float32, grad_out in float64"),
    (backward_follows_forward, AsksNow(0.4), "grad_x when the mode was changed between forward and backward"),
    (state_dict_is_complete, ForgetfulCenter(), "y after saving and loading the state dict"),
    (same_seed_same_bits, Unseeded(), "y of two runs with one seed"),
    (frozen_parameters_are_left_alone, Thawed(3, 2), "bias.grad with bias frozen"),
    (frozen_parameters_are_left_alone, Marked(3, 2), "weight.reached: expected False for a frozen parameter"),
    (description_holds, described(y_shapes=((4, 3),)), "describe: expected output shapes (4, 2), received (4, 3)"),
    (description_holds, described(parameters=7), "describe: expected 8 parameters, received 7"),
    (description_holds, described(kept=(Kept("x0", 24),)), "describe: expected 96 cache bytes, received 192"),
    (description_holds, described(views=(0,)), "describe: expected views=(None,), the inputs whose memory"),
    (description_holds, Permissive(), "describe for x of shape (4, 4): expected 'three columns, please' as in forward, "
                                      "received 'no error'"),
    (copies_are_independent, Tied(3, 2), "weight.grad after a change of a deep copy"),
    (shows_itself, Nameless(), "repr: expected a text that begins with Nameless, received '<layer>'"),
]


@pytest.mark.parametrize(("check", "layer", "sentence"), CASES, ids=lambda part: getattr(part, "__name__", None))
def test_the_mistake_is_named(check, layer, sentence):
    assert any(problem.startswith(sentence) for problem in found(check, layer))


def test_every_check_has_a_case():
    assert {check for check, _, _ in CASES} == set(STATE_CHECKS)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("check", [check for check in STATE_CHECKS if check is not description_holds],
                         ids=lambda check: check.__name__)
@pytest.mark.parametrize("layer", [Center(), Linear(3, 2), Dropout(0.4)], ids=repr)
def test_right_layers_pass(check, layer, training):
    assert found(check, layer, training=training) == []


@pytest.mark.parametrize("layer", [Linear(3, 2), Tanh(), Identity()], ids=repr)
def test_right_descriptions_pass(layer):
    assert found(description_holds, layer) == []
