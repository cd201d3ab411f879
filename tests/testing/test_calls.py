"""Each check on calls finds the mistake it is there for, in a layer that makes no other."""

import numpy as np
import pytest

from chainrule.layers import Copy, Dropout, Elementwise, Identity, Layer, Linear, Parameter, ReLU, Tanh
from chainrule.testing.calls import (
    CALL_CHECKS,
    backwards_accumulate,
    cache_moves,
    calls_do_not_mix,
    gradients_are_added,
    input_gradient_can_be_skipped,
    linear_in_grad_out,
    memory_is_not_shared,
    memory_layout_is_free,
    missing_gradients_are_zero,
    nothing_is_changed,
    order_is_kept,
    zero_grad_clears,
)
from chainrule.testing.trial import Trial

x = np.random.default_rng(0).normal(size=(4, 3))


def found(check, layer):
    return list(check(Trial(layer, (x,))))


class Overwritten(Linear):
    def backward(self, grad_out):
        self.weight.grad = np.zeros(self.weight.shape)
        return super().backward(grad_out)


class SpentCache(Tanh):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        self.cache.y[...] = 0
        return grad_x


class Clipped(Identity):
    def adjoint(self, grad_out, x_shape):
        return np.maximum(grad_out, 0)


class Shifted(Identity):
    def adjoint(self, grad_out, x_shape):
        return grad_out + 1


class InPlace(ReLU):
    def value(self, x):
        return np.maximum(x, 0, out=x)


class Greedy(ReLU):
    def backward(self, grad_out):
        grad_out *= self.cache.y > 0
        return super().backward(grad_out)


class Learning(Linear):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        self.weight.data -= 0.1
        return grad_x


class OutputReused(Elementwise):
    def value(self, x):
        y = vars(self).setdefault("_y", np.empty_like(x))
        np.sin(x, out=y)
        return y

    def slope(self, x, y):
        return np.sqrt(1 - y * y)


class FirstCache(Tanh):
    def forward(self, x):
        y = super().forward(x)
        self.cache = vars(self).setdefault("_cache", self.cache)
        return y


class Table(Layer):
    def __init__(self):
        self.weight = Parameter(np.ones((4, 3)))

    def forward(self, x):
        self.cache = ()
        return self.weight.data

    def backward(self, grad_out):
        self.saved()
        self.weight.grad += grad_out
        return self.weight.grad


class Eager(Identity):
    def backward(self, grad_out):
        return grad_out


class Broken(Identity):
    def backward(self, grad_out):
        return grad_out * self.cache[0][0]


class Hidden(Tanh):
    def forward(self, x):
        self._y = super().forward(x)
        self.cache = ()
        return self._y

    def backward(self, grad_out):
        return grad_out * (1 - self._y**2)


class Uncached(Identity):
    def forward(self, x):
        return x


class MemoryOrder(Identity):
    def adjoint(self, grad_out, x_shape):
        return np.ravel(grad_out, order="K").reshape(x_shape)


class MemoryOrderForward(Identity):
    def apply(self, x):
        return np.ravel(x, order="K").reshape(x.shape)


class Stubborn(Identity):
    def backward(self, grad_out):
        self.saved()
        return grad_out


class ForgetsRows(Linear):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        self.weight.rows = np.array([0])
        return grad_x


class SkipsBias(Linear):
    def backward(self, grad_out):
        if not self.needs_input_grad:
            self.bias.grad -= grad_out.sum(axis=0)
        return super().backward(grad_out)


class NoneIsOne(Copy):
    def backward(self, grad_out):
        return super().backward(tuple(np.ones(self.shape) if grad is None else grad for grad in grad_out))

    shape = x.shape


CASES = [
    (backwards_accumulate, Overwritten(3, 2), "weight.grad after a second backward: 6 of 6 values differ"),
    (backwards_accumulate, SpentCache(), "grad_x after a second backward"),
    (gradients_are_added, Overwritten(3, 2), "weight.grad when gradients were not zero before"),
    (zero_grad_clears, ForgetsRows(3, 2), "weight.grad after zero_grad: 3 of 6 values differ, first at index [1, 0]"),
    (linear_in_grad_out, Clipped(), "grad_x for the sum of two upstream gradients"),
    (linear_in_grad_out, Clipped(), "grad_x for an upstream gradient times -3"),
    (linear_in_grad_out, Shifted(), "grad_x for an upstream gradient of zero"),
    (nothing_is_changed, InPlace(), "x after forward"),
    (nothing_is_changed, Greedy(), "grad_out after backward"),
    (nothing_is_changed, SpentCache(), "y after backward"),
    (nothing_is_changed, Learning(3, 2), "weight after forward and backward"),
    (calls_do_not_mix, OutputReused(), "y of the first call after a second call on other data"),
    (calls_do_not_mix, FirstCache(), "grad_x of the second of two calls"),
    (memory_is_not_shared, Table(), "y: shares memory with parameter weight"),
    (memory_is_not_shared, Table(), "grad_x: shares memory with parameter weight"),
    (order_is_kept, Eager(), "backward before forward: expected StateError, received a result"),
    (order_is_kept, Broken(), "backward before forward: expected StateError, received TypeError"),
    (cache_moves, Hidden(), "backward before forward: expected StateError"),
    (cache_moves, Uncached(), "cache: expected a value after forward, received None"),
    (memory_layout_is_free, MemoryOrder(), "grad_x for a grad_out that is not contiguous"),
    (memory_layout_is_free, MemoryOrderForward(), "y for an x that is not contiguous"),
    (missing_gradients_are_zero, NoneIsOne(2), "grad_x for None as grad_out[0]"),
    (input_gradient_can_be_skipped, Stubborn(), "grad_x with needs_input_grad=False: expected None, received an array"),
    (input_gradient_can_be_skipped, SkipsBias(3, 2), "bias.grad with needs_input_grad=False"),
]


@pytest.mark.parametrize(("check", "layer", "sentence"), CASES, ids=lambda part: getattr(part, "__name__", None))
def test_the_mistake_is_named(check, layer, sentence):
    assert any(problem.startswith(sentence) for problem in found(check, layer))


def test_every_check_has_a_case():
    assert {check for check, _, _ in CASES} == set(CALL_CHECKS)


@pytest.mark.parametrize("check", CALL_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("layer", [Linear(3, 2), Tanh(), Identity(), Dropout(0.4), Copy(2),
                                   Dropout(0.4, rng=np.random.default_rng(1))], ids=repr)
def test_right_layers_pass(check, layer):
    assert found(check, layer) == []
