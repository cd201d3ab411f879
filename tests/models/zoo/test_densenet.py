"""DenseNet in PyTorch's functions."""

from chainrule.models.zoo import densenet


def test_wiring(agrees_with_functions):
    def convolved(steps, x, **options):
        return steps.conv(steps.norm(x).relu(), bias=False, **options)

    def layer(steps, x):
        return steps.join(x, convolved(steps, convolved(steps, x), padding=1))

    def written(steps, x):
        x = steps.conv_norm_relu(x, padding=1)
        x = layer(steps, layer(steps, x))
        x = convolved(steps, x)[:, :, :8, :6]                       # an odd row is left out by the pool
        x = x.unflatten(3, (3, 2)).unflatten(2, (4, 2)).mean((3, 5))
        x = steps.norm(layer(steps, x)).relu()
        return steps.linear(x.mean((2, 3)))
    agrees_with_functions(densenet(5, 2, 3, (2, 1), 4, 2, large_images=False), written, (3, 2, 9, 7))
