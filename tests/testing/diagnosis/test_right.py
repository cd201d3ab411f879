"""The library's version of somebody's layer."""

import numpy as np

from chainrule import layers
from chainrule.layers.core import Layer, Parameter
from chainrule.testing import diagnose
from chainrule.testing.diagnosis import known_mistakes, question_for, right_version


class GroupNorm(Layer):
    """A class of the library's name that holds less than the library's."""

    def __init__(self, num_groups, num_channels, eps=1e-5):
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self.weight, self.bias = Parameter(np.full(num_channels, 2.0)), Parameter(np.zeros(num_channels))

    def forward(self, x):
        rows = x.reshape(len(x), self.num_groups, -1)
        inv_std = 1 / np.sqrt(rows.var(axis=2, keepdims=True) + self.eps)
        x_hat = ((rows - rows.mean(axis=2, keepdims=True)) * inv_std).reshape(x.shape)
        self.cache = x_hat, inv_std
        return x_hat * self.weight.data[:, None] + self.bias.data[:, None]

    def backward(self, grad_out):
        x_hat, inv_std = self.saved()
        if self.weight.requires_grad:
            self.weight.grad += (grad_out * x_hat).sum(axis=(0, 2))
            self.bias.grad += grad_out.sum(axis=(0, 2))
        grad = (grad_out * self.weight.data[:, None]).reshape(len(grad_out), self.num_groups, -1)
        return ((grad - grad.mean(axis=2, keepdims=True)) * inv_std).reshape(grad_out.shape)


def test_an_own_class_is_made_anew_as_the_library_has_it():
    right = right_version(GroupNorm(2, 4, eps=0.1).eval())
    assert type(right) is layers.GroupNorm and right.eps == 0.1 and not right.training
    assert (right.weight.data == 2).all()


def test_what_is_known_of_the_librarys_is_known_of_it():
    layer = GroupNorm(2, 4)
    known = {each.name for each in known_mistakes(layer, question_for(layers.GroupNorm(2, 4), (3, 4, 5)))}
    assert "GroupNorm.backward: weight gradient of one example" in known
    assert diagnose(layer, (3, 4, 5)).faults[0].name == "grad_x"
