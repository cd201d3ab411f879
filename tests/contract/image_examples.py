"""Examples of layers with windows and borders: convolution, pooling, padding, resampling."""

import numpy as np

from chainrule import layers

from .case import Case


def _places(shape, size):
    """Return for every plane of values different places among ``size``."""
    rng = np.random.default_rng(0)
    count = int(np.prod(shape[2:]))
    return np.array([rng.permutation(size)[:count] for _ in range(shape[0] * shape[1])]).reshape(shape)


IMAGE_LAYERS = {
    "AdaptiveAvgPool1d": Case(lambda: layers.AdaptiveAvgPool1d(3), (2, 3, 8)),
    "AdaptiveAvgPool2d": Case(lambda: layers.AdaptiveAvgPool2d((3, None)), (2, 3, 7, 2)),
    "AdaptiveAvgPool3d": Case(lambda: layers.AdaptiveAvgPool3d(2), (2, 2, 3, 5, 4)),
    "AdaptiveMaxPool1d": Case(lambda: layers.AdaptiveMaxPool1d(3), (2, 3, 8)),
    "AdaptiveMaxPool2d": Case(lambda: layers.AdaptiveMaxPool2d((3, None)), (2, 3, 7, 2)),
    "AdaptiveMaxPool2d: with indices": Case(lambda: layers.AdaptiveMaxPool2d((3, 4), return_indices=True),
                                            (2, 3, 7, 5)),
    "AdaptiveMaxPool3d": Case(lambda: layers.AdaptiveMaxPool3d(2), (2, 2, 3, 5, 4)),
    "AvgPool1d": Case(lambda: layers.AvgPool1d(3, stride=2, padding=1), (2, 3, 8)),
    "AvgPool2d": Case(lambda: layers.AvgPool2d((3, 2), stride=2, padding=1, count_include_pad=False), (2, 3, 7, 5)),
    "AvgPool2d: last windows hang over": Case(lambda: layers.AvgPool2d(2, ceil_mode=True), (2, 3, 7, 5)),
    "AvgPool3d": Case(lambda: layers.AvgPool3d((1, 2, 3), ceil_mode=True), (2, 2, 3, 5, 4)),
    "ChannelShuffle": Case(lambda: layers.ChannelShuffle(2), (2, 6, 3, 5)),
    "CircularPad1d": Case(lambda: layers.CircularPad1d((2, 1)), (2, 3, 5)),
    "CircularPad2d": Case(lambda: layers.CircularPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "CircularPad3d": Case(lambda: layers.CircularPad3d((2, 1, 0, 1, 1, 0)), (2, 1, 3, 2, 4)),
    "ConstantPad1d": Case(lambda: layers.ConstantPad1d((2, 1), 1.5), (2, 3, 5)),
    "ConstantPad2d": Case(lambda: layers.ConstantPad2d((2, -1, 0, 3), 1.5), (2, 3, 5, 4)),
    "ConstantPad3d": Case(lambda: layers.ConstantPad3d(1, 1.5), (2, 1, 3, 2, 4)),
    "Conv1d": Case(lambda: layers.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), (3, 4, 8)),
    "Conv1d: mirrored border": Case(lambda: layers.Conv1d(2, 3, 3, padding=2, padding_mode="reflect"), (3, 2, 6)),
    "Conv2d": Case(lambda: layers.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2),
                   (3, 4, 7, 9)),
    "Conv2d: same": Case(lambda: layers.Conv2d(3, 2, (4, 3), padding="same", bias=False), (2, 3, 5, 7)),
    "Conv3d": Case(lambda: layers.Conv3d(2, 3, (1, 2, 3), padding=(0, 1, 1)), (2, 2, 3, 4, 5)),
    "ConvTranspose1d": Case(lambda: layers.ConvTranspose1d(4, 6, 3, stride=2, output_padding=1, groups=2), (3, 4, 5)),
    "ConvTranspose2d": Case(lambda: layers.ConvTranspose2d(3, 2, (3, 2), stride=(2, 1), padding=1), (2, 3, 4, 5)),
    "ConvTranspose3d": Case(lambda: layers.ConvTranspose3d(2, 2, 2, dilation=2), (2, 2, 3, 2, 4)),
    "FeatureLPPooling": Case(lambda: layers.FeatureLPPooling(3, stride=2), (2, 7, 3, 5)),
    "FeatureLPPooling: without batch": Case(lambda: layers.FeatureLPPooling(2, power=4.0, batch_mode=False), (5, 3),
                                            batch_axis=None),
    "Fold": Case(lambda: layers.Fold((5, 4), (3, 2), padding=1, stride=2), (2, 18, 9)),
    "FractionalMaxPool2d": Case(lambda: layers.FractionalMaxPool2d((2, 3), output_ratio=(0.7, 0.5)), (2, 3, 7, 9)),
    "FractionalMaxPool2d: with indices": Case(lambda: layers.FractionalMaxPool2d(2, (3, 4), return_indices=True),
                                              (2, 3, 5, 7)),
    "FractionalMaxPool3d": Case(lambda: layers.FractionalMaxPool3d((2, 3, 1), output_size=(2, 2, 3)), (2, 2, 4, 5, 3)),
    "GlobalAvgPool": Case(layers.GlobalAvgPool, (2, 3, 5, 4)),
    "GlobalAvgPool: axes kept": Case(lambda: layers.GlobalAvgPool(keepdims=True), (2, 3, 5)),
    "GlobalMaxPool": Case(layers.GlobalMaxPool, (2, 3, 5, 4)),
    "GlobalMaxPool: axes kept": Case(lambda: layers.GlobalMaxPool(keepdims=True), (2, 3, 2, 5, 3)),
    "LPPool1d": Case(lambda: layers.LPPool1d(2, 3, stride=2), (2, 3, 8)),
    "LPPool1d: largest": Case(lambda: layers.LPPool1d(float("inf"), 3, ceil_mode=True), (2, 3, 8)),
    "LPPool2d": Case(lambda: layers.LPPool2d(2, (2, 3), ceil_mode=True), (2, 3, 7, 5)),
    "LPPool2d: odd power": Case(lambda: layers.LPPool2d(3.5, 2, stride=1),
                                np.random.default_rng(0).uniform(0.5, 2, (2, 2, 5, 4))),
    "LPPool3d": Case(lambda: layers.LPPool3d(4, 2), (2, 2, 3, 5, 4)),
    "MaxPool1d": Case(lambda: layers.MaxPool1d(3, stride=2, padding=1), (2, 3, 8)),
    "MaxPool2d": Case(lambda: layers.MaxPool2d((3, 2), stride=2, padding=1), (2, 3, 7, 5)),
    "MaxPool2d: dilated": Case(lambda: layers.MaxPool2d(2, stride=1, dilation=(2, 3), ceil_mode=True), (2, 3, 7, 5)),
    "MaxPool2d: with indices": Case(lambda: layers.MaxPool2d(3, stride=2, padding=1, return_indices=True),
                                    (2, 3, 7, 5)),
    "MaxPool3d": Case(lambda: layers.MaxPool3d((1, 2, 3), stride=2, dilation=(1, 2, 1)), (2, 2, 3, 5, 4)),
    "MaxUnpool1d": Case(lambda: layers.MaxUnpool1d(2, padding=1), ((2, 1, 4), _places((2, 1, 4), 6))),
    "MaxUnpool2d": Case(lambda: layers.MaxUnpool2d((3, 2), stride=(2, 1)), ((2, 2, 2, 3), _places((2, 2, 2, 3), 20))),
    "MaxUnpool2d: several to one place": Case(lambda: layers.MaxUnpool2d(2, stride=1), (
        (2, 2, 2, 3), np.random.default_rng(0).integers(0, 12, (2, 2, 2, 3)))),
    "MaxUnpool3d": Case(lambda: layers.MaxUnpool3d(2), ((2, 1, 1, 2, 3), _places((2, 1, 1, 2, 3), 48))),
    "PixelShuffle": Case(lambda: layers.PixelShuffle(2), (2, 12, 3, 5)),
    "PixelUnshuffle": Case(lambda: layers.PixelUnshuffle(2), (2, 3, 4, 6)),
    "ReflectionPad1d": Case(lambda: layers.ReflectionPad1d((2, 1)), (2, 3, 5)),
    "ReflectionPad2d": Case(lambda: layers.ReflectionPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "ReflectionPad3d": Case(lambda: layers.ReflectionPad3d((2, 1, 0, 1, 1, 0)), (2, 1, 3, 2, 4)),
    "ReplicationPad1d": Case(lambda: layers.ReplicationPad1d((2, 1)), (2, 3, 5)),
    "ReplicationPad2d": Case(lambda: layers.ReplicationPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "ReplicationPad3d": Case(lambda: layers.ReplicationPad3d((2, 1, 0, 1, 1, 0)), (2, 1, 3, 2, 4)),
    "Softmax2d": Case(layers.Softmax2d, (2, 5, 3, 4)),
    "TemporalRowConvolution": Case(lambda: layers.TemporalRowConvolution(3, 2, dW=2), (2, 7, 3)),
    "TemporalRowConvolution: features first": Case(lambda: layers.TemporalRowConvolution(3, 4, 1, True), (2, 3, 7)),
    "Unfold": Case(lambda: layers.Unfold((3, 2), padding=1, stride=2, dilation=(1, 2)), (2, 3, 5, 6)),
    "Upsample": Case(lambda: layers.Upsample((5, 7), mode="bilinear", align_corners=True), (2, 3, 4, 3)),
    "Upsample: bicubic": Case(lambda: layers.Upsample((5, 7), mode="bicubic"), (2, 1, 4, 3)),
    "Upsample: nearest": Case(lambda: layers.Upsample(scale_factor=2), (2, 3, 5)),
    "UpsamplingBilinear2d": Case(lambda: layers.UpsamplingBilinear2d(scale_factor=2), (2, 3, 4, 3)),
    "UpsamplingNearest2d": Case(lambda: layers.UpsamplingNearest2d((5, 7)), (2, 3, 4, 3)),
    "ZeroPad1d": Case(lambda: layers.ZeroPad1d((2, 1)), (2, 3, 5)),
    "ZeroPad2d": Case(lambda: layers.ZeroPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "ZeroPad3d": Case(lambda: layers.ZeroPad3d(1), (2, 1, 3, 2, 4)),
}
