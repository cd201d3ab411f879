"""MobileNet in PyTorch's functions."""

from chainrule.layers import Conv2d
from chainrule.models.zoo import mobilenet


def test_wiring(agrees_with_functions):
    def written(steps, x):
        x = steps.conv_norm_relu(x, stride=2, padding=1)
        for stride in (1, 2):
            x = steps.conv_norm_relu(x, stride=stride, padding=1, groups=x.shape[1])
            x = steps.conv_norm_relu(x)
        return steps.linear(x.mean((2, 3)))
    agrees_with_functions(mobilenet(5, 2, 0.5, [(6, 2), (8, 1), (10, 2)]), written, (3, 2, 9, 12))


def test_width_multiplies_channels_and_leaves_at_least_one():
    convolutions = [layer for layer in mobilenet(width=0.01) if isinstance(layer, Conv2d)]
    assert [layer.out_channels for layer in convolutions[:6]] == [1, 1, 1, 1, 1, 1]
    assert convolutions[-1].out_channels == 10
