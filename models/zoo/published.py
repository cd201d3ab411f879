"""The seven networks on which recomputation was published, drawn at full size without allocating a weight."""

from collections.abc import Callable

from ...layers import (
    AdaptiveAvgPool2d,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    Identity,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    ReLU,
    UpsamplingBilinear2d,
    ZeroPad2d,
)
from ...layers.core import Size, check_choice, check_size
from ...losses import CrossEntropyLoss
from ..blueprint import Blueprint
from .googlenet import STAGES

__all__ = ["PUBLISHED", "published"]


def published(network: str, batch: int | None = None, image_size: Size | None = None,
              width: float = 1.0) -> Blueprint:
    """Return the drawing of VGG-19, U-Net, GoogLeNet, ResNet-50, ResNet-152, DenseNet-161 or PSPNet.

    Sizes are those of the authors' files unless told: batches of 32 at 224×224, for U-Net of 8 at 572×572, for PSPNet
    of 1 at 713×713; the loss is a node. ``width`` multiplies the channels, to build small ones that train.

    Raises: UnknownNameError for another network, ValueRangeError for sizes below 1.

    Source: Kusumoto et al. 2019, table 1; the networks' own papers; PSPNet as in ChainerCV, U-Net with 128 channels in
    the last transposed convolution as in its authors' code.

    Example:
        >>> from chainrule.models.zoo import published
        >>> len(published("ResNet-50").nodes), published("ResNet-50").shape("Linear1")
        (176, (32, 1000))
    """
    draw, *usual = PUBLISHED[check_choice(network, tuple(PUBLISHED), name="network", owner="published")]
    usual_batch, channels, usual_size = usual
    size = check_size(usual_size if image_size is None else image_size, "image_size", "published")
    drawing = _Drawing(check_size(usual_batch if batch is None else batch, "batch", "published"), channels, size, size)
    drawing.width = width
    draw(drawing)
    return drawing


class _Drawing(Blueprint):
    """A blueprint that knows what image networks are made of; every method returns the name of its last node."""

    width = 1.0

    def channels(self, count: int) -> int:
        return max(1, round(count * self.width))

    def conv(self, source: str, channels: int, kernel: int, stride: int = 1, padding: int | None = None,
             dilation: int = 1, bias: bool = True) -> str:
        padding = dilation * (kernel // 2) if padding is None else padding
        return self.add(Conv2d, source, self.shape(source)[1], channels, kernel, stride, padding, dilation, bias=bias)

    def norm(self, source: str) -> str:
        return self.add(BatchNorm2d, source, self.shape(source)[1])

    def conv_relu(self, source: str, channels: int, kernel: int, stride: int = 1, padding: int | None = None) -> str:
        return self.add(ReLU, self.conv(source, self.channels(channels), kernel, stride, padding))

    def conv_norm(self, source: str, channels: int, kernel: int, stride: int = 1, dilation: int = 1) -> str:
        return self.norm(self.conv(source, channels, kernel, stride, None, dilation, bias=False))

    def conv_norm_relu(self, source: str, channels: int, kernel: int, stride: int = 1, dilation: int = 1) -> str:
        return self.add(ReLU, self.conv_norm(source, channels, kernel, stride, dilation))

    def linear(self, source: str, features: int) -> str:
        return self.add(Linear, source, self.shape(source)[1], features)

    def loss(self, source: str) -> str:
        return self.add(CrossEntropyLoss, source)


def _vgg19(net: _Drawing) -> None:
    x = "x"
    for channels, depth in ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4)):
        for _ in range(depth):
            x = net.conv_relu(x, channels, 3)
        x = net.add(MaxPool2d, x, 2)
    x = net.add(Flatten, x)
    for _ in range(2):
        x = net.add(Dropout, net.add(ReLU, net.linear(x, net.channels(4096))), 0.5)
    net.loss(net.linear(x, 1000))


def _unet(net: _Drawing) -> None:
    def twice(x: str, channels: int) -> str:
        return net.conv_relu(net.conv_relu(x, channels, 3, padding=0), channels, 3, padding=0)

    widths, across, x = (64, 128, 256, 512), [], "x"
    for channels in widths:
        x = twice(x, channels)
        across.append(net.add(Dropout, x, 0.5) if channels == widths[-1] else x)
        x = net.add(MaxPool2d, across[-1], 2)
    x = net.add(Dropout, twice(x, 1024), 0.5)
    for channels, way in zip(reversed(widths), reversed(across), strict=True):
        rises = net.channels(max(channels, 128))
        x = net.add(ReLU, net.add(ConvTranspose2d, x, net.shape(x)[1], rises, 2, 2))
        border = (net.shape(way)[2] - net.shape(x)[2]) // 2
        x = twice(net.add(Concat, (net.add(ZeroPad2d, way, -border), x)), channels)
    net.loss(net.conv(x, 2, 1))


def _googlenet(net: _Drawing) -> None:
    def halved(x: str) -> str:
        return net.add(MaxPool2d, x, 3, 2, ceil_mode=True)

    def inception(x: str, module: tuple[int, ...]) -> str:
        one, three_reduce, three, five_reduce, five, pool = module
        ways = (net.conv(x, net.channels(one), 1),
                net.conv(net.conv_relu(x, three_reduce, 1), net.channels(three), 3),
                net.conv(net.conv_relu(x, five_reduce, 1), net.channels(five), 5),
                net.conv(net.add(MaxPool2d, x, 3, 1, 1), net.channels(pool), 1))
        return net.add(ReLU, net.add(Concat, ways))

    def auxiliary(x: str) -> str:
        x = net.add(Flatten, net.conv_relu(net.add(AvgPool2d, x, 5, 3), 128, 1))
        return net.loss(net.linear(net.add(ReLU, net.linear(x, net.channels(1024))), 1000))

    x = net.add(LocalResponseNorm, halved(net.conv_relu("x", 64, 7, 2)), 5)
    x = halved(net.add(LocalResponseNorm, net.conv_relu(net.conv_relu(x, 64, 1), 192, 3), 5))
    losses = []
    for stage, modules in enumerate(STAGES):
        x = x if stage == 0 else halved(x)
        for number, module in enumerate(modules):
            x = inception(x, module)
            if stage == 1 and number in (0, 3):         # behind modules 4a and 4d
                losses.append(auxiliary(x))
    x = net.add(Dropout, net.add(AdaptiveAvgPool2d, x, 1), 0.4)
    losses.append(net.loss(net.linear(net.add(Flatten, x), 1000)))
    net.add(Add, (net.add(Add, (losses[0], losses[1])), losses[2]))


def _bottleneck(net: _Drawing, x: str, width: int, first: bool, strides: tuple[int, int] = (1, 1),
                dilation: int = 1) -> str:
    inner, outer, stride = net.channels(width), 4 * net.channels(width), max(strides)
    y = net.conv_norm_relu(net.conv_norm_relu(x, inner, 1, strides[0]), inner, 3, strides[1], dilation)
    y = net.conv_norm(y, outer, 1)
    return net.add(ReLU, net.add(Add, (y, net.conv_norm(x, outer, 1, stride) if first else x)))


def _resnet(blocks: tuple[int, ...]) -> Callable[[_Drawing], None]:
    def draw(net: _Drawing) -> None:
        x = net.add(MaxPool2d, net.conv_norm_relu("x", net.channels(64), 7, 2), 3, 2, ceil_mode=True)
        for stage, count in enumerate(blocks):
            for number in range(count):
                halved = stage > 0 and number == 0      # in the 1×1 convolution, as He et al. published it
                x = _bottleneck(net, x, 64 << stage, number == 0, (2, 1) if halved else (1, 1))
        net.loss(net.linear(net.add(Flatten, net.add(AdaptiveAvgPool2d, x, 1)), 1000))
    return draw


def _densenet161(net: _Drawing) -> None:
    growth = net.channels(48)

    def convolved(x: str, channels: int, kernel: int) -> str:
        return net.conv(net.add(ReLU, net.norm(x)), channels, kernel, bias=False)

    x = net.add(MaxPool2d, net.conv_norm_relu("x", 2 * growth, 7, 2), 3, 2, 1)
    for block, layers in enumerate((6, 12, 36, 24)):
        if block:
            x = net.add(AvgPool2d, convolved(x, net.shape(x)[1] // 2, 1), 2)
        for _ in range(layers):
            x = net.add(Concat, (x, convolved(convolved(x, 4 * growth, 1), growth, 3)))
    x = net.add(Flatten, net.add(AdaptiveAvgPool2d, net.add(ReLU, net.norm(x)), 1))
    net.loss(net.linear(x, 1000))


def _pspnet(net: _Drawing) -> None:
    size = net.shape("x")[2:]

    def head(x: str, kernel: int) -> str:
        x = net.add(Dropout, net.conv_norm_relu(x, net.channels(512), 3), 0.1)
        return net.loss(net.add(UpsamplingBilinear2d, net.conv(x, 17, kernel), size))

    x = net.conv_norm_relu("x", net.channels(64), 3, 2)
    x = net.conv_norm_relu(net.conv_norm_relu(x, net.channels(64), 3), net.channels(128), 3)
    x, third = net.add(MaxPool2d, x, 3, 2, 1), ""
    for stage, (count, stride, dilation) in enumerate(((3, 1, 1), (4, 2, 1), (23, 1, 2), (3, 1, 4))):
        third = x                                       # what the last stage reads, the auxiliary head reads too
        for number in range(count):
            x = _bottleneck(net, x, 64 << stage, number == 0, (1, 1 if number else stride), dilation)
    auxiliary = net.add(Identity, head(third, 3))       # stands for its weight, 0.4
    levels = [x]
    for bins in (1, 2, 3, 6):
        level = net.conv_norm_relu(net.add(AdaptiveAvgPool2d, x, bins), net.channels(512), 1)
        levels.append(net.add(UpsamplingBilinear2d, level, net.shape(x)[2:]))
    net.add(Add, (auxiliary, head(net.add(Concat, tuple(levels)), 1)))


PUBLISHED: dict[str, tuple[Callable[[_Drawing], None], int, int, int]] = {      # batch, channels and pixels of x
    "VGG-19": (_vgg19, 32, 3, 224),
    "U-Net": (_unet, 8, 1, 572),
    "GoogLeNet": (_googlenet, 32, 3, 224),
    "ResNet-50": (_resnet((3, 4, 6, 3)), 32, 3, 224),
    "ResNet-152": (_resnet((3, 8, 36, 3)), 32, 3, 224),
    "DenseNet-161": (_densenet161, 32, 3, 224),
    "PSPNet": (_pspnet, 1, 3, 713),
}
