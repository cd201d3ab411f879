"""Residual networks against their blocks in PyTorch's functions."""

from chainrule.models.zoo import resnet


def test_bottlenecks_behind_a_large_stem(agrees_with_functions):
    def bottleneck(steps, x, stride, shortcut):
        y = steps.conv_norm_relu(x)
        y = steps.conv_norm_relu(y, stride=stride, padding=1)
        y = steps.norm(steps.conv(y, bias=False))
        return (y + (steps.norm(steps.conv(x, bias=False, stride=stride)) if shortcut else x)).relu()

    def written(steps, x):
        x = steps.conv_norm_relu(x, stride=2, padding=3)
        x = steps.pool(x, 3, stride=2, padding=1)
        for stride, shortcut in ((1, True), (1, False), (2, True)):
            x = bottleneck(steps, x, stride, shortcut)
        return steps.linear(x.mean((2, 3)))
    model = resnet(3, 2, (2, 3), (2, 1), image_size=21, bottleneck=True, large_images=True)
    agrees_with_functions(model, written, (3, 2, 21, 21))


def test_plain_blocks_on_small_images(agrees_with_functions):
    def block(steps, x, stride=1):
        y = steps.conv_norm_relu(x, stride=stride, padding=1)
        y = steps.norm(steps.conv(y, bias=False, padding=1))
        return (y + (x if stride == 1 else steps.norm(steps.conv(x, bias=False, stride=stride)))).relu()

    def written(steps, x):
        x = block(steps, steps.conv_norm_relu(x, padding=1))
        return steps.linear(block(steps, x, stride=2).mean((2, 3)))
    agrees_with_functions(resnet(3, 2, (3, 4), 1, image_size=7), written, (3, 2, 7, 7))
