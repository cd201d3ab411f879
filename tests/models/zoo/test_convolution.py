"""What image networks are made of."""

import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.models.zoo import resnet, vgg
from chainrule.models.zoo.convolution import convolution, for_each_stage, stem


def titles(layers):
    return [layer.title for layer in layers]


def test_a_convolution_has_a_bias_or_a_norm():
    assert titles(convolution(3, 6, 5, stride=2)) == [
        "Conv2d(3, 6, 5, stride=2, padding=2, bias=False)", "BatchNorm2d(6)", "ReLU()"]
    assert titles(convolution(3, 6, 3, padding=0, groups=3, batch_norm=False)) == [
        "Conv2d(3, 6, 3, groups=3)", "ReLU()"]


def test_large_images_are_made_smaller_at_once():
    assert [type(layer).__name__ for layer in stem(3, 8, True)] == ["Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"]
    assert titles(stem(3, 8, False)) == titles(convolution(3, 8, 3))


def test_one_number_or_one_for_each_stage():
    assert for_each_stage(2, 3, "depth", "vgg") == [2, 2, 2]
    assert for_each_stage((1, 2, 3), 3, "depth", "vgg") == (1, 2, 3)


@pytest.mark.parametrize(("make", "options", "shown"), [
    (vgg, {"depth": (1, 2)}, r"vgg expected depth as one number, or one for each of 3 stages, got \(1, 2\)"),
    (resnet, {"blocks": [1, 2, 3, 4]}, r"resnet expected blocks as one number, .* got \[1, 2, 3, 4\]"),
])
def test_another_number_of_stages_is_refused(make, options, shown):
    with pytest.raises(ValueRangeError, match=shown):
        make(**options)
