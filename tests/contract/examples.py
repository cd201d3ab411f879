"""The one contract table: an example of every exported layer, model and loss, with sizes odd and unequal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import layers, losses, models
from chainrule.layers import Layer, Linear, ReLU, Tanh
from chainrule.losses import CrossEntropyLoss, Loss, MSELoss
from chainrule.models import zoo
from chainrule.testing import Report, check_layer, check_loss


@dataclass(frozen=True)
class Case:
    """An example: how to make it, and the shape (or array) of its input; a tuple of these if it has several."""

    make: Callable[[], Layer]
    x: Any
    target: Any = None
    batch_axis: int | None = 0

    def check(self, **options: Any) -> Report:
        """Run the contract battery on the example."""
        if isinstance(self.make(), Loss):
            return check_loss(self.make(), self.x, self.target, batch_axis=self.batch_axis, **options)
        several = isinstance(self.x, tuple) and not all(isinstance(size, int) for size in self.x)
        return check_layer(self.make(), *(self.x if several else (self.x,)), batch_axis=self.batch_axis, **options)


positive = np.linspace(0.3, 3, 15).reshape(5, 3)
chance = np.random.default_rng(0).uniform(0.02, 0.98, (7, 5))
chances = np.random.default_rng(0).dirichlet(np.ones(5), 7)
labels = np.array([0, 3, 1, 2, 0, 4, 1])
signs = np.where(chance > 0.4, 1.0, -1.0)
label_lists = np.array([[0, 3, -1, 1, 0], [2, -1, 0, 0, 0], [4, 1, 0, -1, 2], [-1, 0, 1, 2, 3], [0, 1, 2, 3, 4],
                        [1, -1, 1, 1, 1], [3, 2, -1, 0, 0]])      # up to the first -1
pixels = np.random.default_rng(0).integers(0, 5, (3, 2, 4))
indices = np.array([[1, 4], [0, 1], [6, 2], [1, 3]])
weight = [1.0, 2.0, 0.5, 3.0, 1.5]

LAYERS = {
    "Add": Case(layers.Add, ((5, 3), (3,), (5, 1)), batch_axis=None),
    "AlphaDropout": Case(lambda: layers.AlphaDropout(0.3), (7, 5)),
    "AvgPool2d": Case(lambda: layers.AvgPool2d((3, 2), stride=2, padding=1, count_include_pad=False), (2, 3, 7, 5)),
    "AvgPool2d: last windows hang over": Case(lambda: layers.AvgPool2d(2, ceil_mode=True), (2, 3, 7, 5)),
    "BatchNorm1d": Case(lambda: layers.BatchNorm1d(5), (7, 5)),
    "BatchNorm1d: no statistics kept, no weight": Case(
        lambda: layers.BatchNorm1d(3, affine=False, track_running_stats=False), (4, 3, 5)),
    "BatchNorm2d": Case(lambda: layers.BatchNorm2d(3, eps=0.05), (4, 3, 2, 5)),
    "BatchNorm2d: plain average": Case(lambda: layers.BatchNorm2d(3, momentum=None), (4, 3, 2, 5)),
    "Bilinear": Case(lambda: layers.Bilinear(3, 4, 2), ((5, 3), (5, 4))),
    "CELU": Case(lambda: layers.CELU(1.5), (5, 3)),
    "ChannelShuffle": Case(lambda: layers.ChannelShuffle(2), (2, 6, 3, 5)),
    "CircularPad1d": Case(lambda: layers.CircularPad1d((2, 1)), (2, 3, 5)),
    "CircularPad2d": Case(lambda: layers.CircularPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "CircularPad3d": Case(lambda: layers.CircularPad3d((2, 1, 0, 1, 1, 0)), (2, 1, 3, 2, 4)),
    "Concat": Case(layers.Concat, ((5, 3), (5, 2), (5, 4))),
    "ConstantPad1d": Case(lambda: layers.ConstantPad1d((2, 1), 1.5), (2, 3, 5)),
    "ConstantPad2d": Case(lambda: layers.ConstantPad2d((2, -1, 0, 3), 1.5), (2, 3, 5, 4)),
    "ConstantPad3d": Case(lambda: layers.ConstantPad3d(1, 1.5), (2, 1, 3, 2, 4)),
    "Conv2d": Case(lambda: layers.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2),
                   (3, 4, 7, 9)),
    "Conv2d: same": Case(lambda: layers.Conv2d(3, 2, (4, 3), padding="same", bias=False), (2, 3, 5, 7)),
    "Copy": Case(lambda: layers.Copy(3), (5, 3)),
    "Cos": Case(layers.Cos, (5, 3)),
    "CrossMapLRN2d": Case(lambda: layers.CrossMapLRN2d(3, alpha=0.5), (2, 5, 3, 4)),
    "Divide": Case(layers.Divide, ((5, 3), positive)),
    "DropConnect": Case(lambda: layers.DropConnect(5, 3, 0.3), (7, 5)),
    "Dropout": Case(lambda: layers.Dropout(0.3), (7, 5)),
    "Dropout: nothing is left": Case(lambda: layers.Dropout(1.0), (7, 5)),
    "Dropout1d": Case(lambda: layers.Dropout1d(0.3), (5, 3, 4)),
    "Dropout2d": Case(lambda: layers.Dropout2d(0.3), (5, 3, 4, 2)),
    "Dropout3d": Case(lambda: layers.Dropout3d(0.3), (5, 3, 4, 2, 1)),
    "ELU": Case(lambda: layers.ELU(1.5), (5, 3)),
    "Embedding": Case(lambda: layers.Embedding(7, 3, padding_idx=5), indices),
    "EmbeddingBag": Case(lambda: layers.EmbeddingBag(7, 3), indices),
    "EmbeddingBag: largest, offsets": Case(lambda: layers.EmbeddingBag(7, 3, mode="max"),
                                           (indices.ravel(), np.array([0, 3, 4])), batch_axis=None),
    "EmbeddingBag: weighted": Case(lambda: layers.EmbeddingBag(7, 3, mode="sum"), (indices, None, (4, 2))),
    "Exp": Case(layers.Exp, (5, 3)),
    "FeatureAlphaDropout": Case(lambda: layers.FeatureAlphaDropout(0.3), (5, 3, 4)),
    "Flatten": Case(layers.Flatten, (5, 3, 2, 4)),
    "Flatten: inner axes": Case(lambda: layers.Flatten(1, 2), (5, 3, 2, 4)),
    "Fold": Case(lambda: layers.Fold((5, 4), (3, 2), padding=1, stride=2), (2, 18, 9)),
    "GELU": Case(layers.GELU, (5, 3)),
    "GELU: tanh": Case(lambda: layers.GELU("tanh"), (5, 3)),
    "GLU": Case(lambda: layers.GLU(1), (5, 6, 3)),
    "GaussianNoise": Case(lambda: layers.GaussianNoise(0.5), (5, 3)),
    "Hardshrink": Case(layers.Hardshrink, (5, 3)),
    "Hardsigmoid": Case(layers.Hardsigmoid, (7, 5)),
    "Hardswish": Case(layers.Hardswish, (7, 5)),
    "Hardtanh": Case(lambda: layers.Hardtanh(-0.5, 1.5), (5, 3)),
    "Identity": Case(layers.Identity, (5, 3)),
    "LeCunTanh": Case(layers.LeCunTanh, (5, 3)),
    "LeakyReLU": Case(lambda: layers.LeakyReLU(0.2), (5, 3)),
    "Linear": Case(lambda: Linear(5, 3), (7, 5)),
    "Linear: sequences, no bias": Case(lambda: Linear(5, 3, bias=False), (2, 7, 5)),
    "LocalResponseNorm": Case(lambda: layers.LocalResponseNorm(4, alpha=0.5, k=2.0), (2, 5, 3)),
    "Log": Case(layers.Log, positive),
    "LogSigmoid": Case(layers.LogSigmoid, (5, 3)),
    "LogSoftmax": Case(lambda: layers.LogSoftmax(1), (5, 4, 3)),
    "MatMul": Case(layers.MatMul, ((2, 3, 4), (4, 5)), batch_axis=None),
    "MaxPool2d": Case(lambda: layers.MaxPool2d((3, 2), stride=2, padding=1), (2, 3, 7, 5)),
    "MaxPool2d: dilated": Case(lambda: layers.MaxPool2d(2, stride=1, dilation=(2, 3), ceil_mode=True), (2, 3, 7, 5)),
    "Maximum": Case(layers.Maximum, ((5, 3), (5, 3))),
    "Maxout": Case(lambda: layers.Maxout(5, 3, k=4), (7, 5)),
    "Mish": Case(layers.Mish, (5, 3)),
    "Multiply": Case(layers.Multiply, ((5, 3), (5, 1))),
    "PReLU": Case(lambda: layers.PReLU(3), (5, 3, 2)),
    "PReLU: one slope": Case(layers.PReLU, (5, 3)),
    "PixelShuffle": Case(lambda: layers.PixelShuffle(2), (2, 12, 3, 5)),
    "PixelUnshuffle": Case(lambda: layers.PixelUnshuffle(2), (2, 3, 4, 6)),
    "Power": Case(lambda: layers.Power(3), (5, 3)),
    "RReLU": Case(layers.RReLU, (7, 5)),
    "ReLU": Case(ReLU, (5, 3)),
    "ReLU6": Case(layers.ReLU6, np.linspace(-3, 9, 35).reshape(7, 5)),
    "ReflectionPad1d": Case(lambda: layers.ReflectionPad1d((2, 1)), (2, 3, 5)),
    "ReflectionPad2d": Case(lambda: layers.ReflectionPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "ReflectionPad3d": Case(lambda: layers.ReflectionPad3d((2, 1, 0, 1, 1, 0)), (2, 1, 3, 2, 4)),
    "ReplicationPad1d": Case(lambda: layers.ReplicationPad1d((2, 1)), (2, 3, 5)),
    "ReplicationPad2d": Case(lambda: layers.ReplicationPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "ReplicationPad3d": Case(lambda: layers.ReplicationPad3d((2, 1, 0, 1, 1, 0)), (2, 1, 3, 2, 4)),
    "Reshape": Case(lambda: layers.Reshape((3, -1)), (5, 6)),
    "SELU": Case(layers.SELU, (5, 3)),
    "Select": Case(lambda: layers.Select(1), ((5, 3), (5, 2))),
    "SiLU": Case(layers.SiLU, (5, 3)),
    "Sigmoid": Case(layers.Sigmoid, (5, 3)),
    "Sin": Case(layers.Sin, (5, 3)),
    "Softmax": Case(layers.Softmax, (5, 3)),
    "Softmax: channels": Case(lambda: layers.Softmax(1), (5, 4, 3)),
    "Softmax2d": Case(layers.Softmax2d, (2, 5, 3, 4)),
    "Softmin": Case(lambda: layers.Softmin(1), (5, 4, 3)),
    "Softplus": Case(lambda: layers.Softplus(2.0, threshold=1.5), (5, 3)),
    "Softshrink": Case(layers.Softshrink, (5, 3)),
    "Softsign": Case(layers.Softsign, (5, 3)),
    "SpectralNorm": Case(lambda: layers.SpectralNorm(Linear(5, 3), n_power_iterations=300), (7, 5)),   # converged
    "Subtract": Case(layers.Subtract, ((5, 3), (5, 1))),
    "Tanh": Case(Tanh, (5, 3)),
    "Tanhshrink": Case(layers.Tanhshrink, (5, 3)),
    "Threshold": Case(lambda: layers.Threshold(0.1, 20.0), (5, 3)),
    "TiedLinear": Case(lambda: layers.TiedLinear(Linear(3, 5)), (7, 5)),
    "Transpose": Case(lambda: layers.Transpose(1, -1), (5, 3, 2, 4)),
    "Unflatten": Case(lambda: layers.Unflatten(1, (3, -1)), (5, 6)),
    "Unfold": Case(lambda: layers.Unfold((3, 2), padding=1, stride=2, dilation=(1, 2)), (2, 3, 5, 6)),
    "Upsample": Case(lambda: layers.Upsample((5, 7), mode="bilinear", align_corners=True), (2, 3, 4, 3)),
    "Upsample: bicubic": Case(lambda: layers.Upsample((5, 7), mode="bicubic"), (2, 1, 4, 3)),
    "Upsample: nearest": Case(lambda: layers.Upsample(scale_factor=2), (2, 3, 5)),
    "UpsamplingBilinear2d": Case(lambda: layers.UpsamplingBilinear2d(scale_factor=2), (2, 3, 4, 3)),
    "UpsamplingNearest2d": Case(lambda: layers.UpsamplingNearest2d((5, 7)), (2, 3, 4, 3)),
    "WeightNorm": Case(lambda: layers.WeightNorm(layers.Conv2d(3, 2, 2)), (2, 3, 4, 5)),
    "WeightNorm: as a whole": Case(lambda: layers.WeightNorm(Linear(5, 3), dim=None), (7, 5)),
    "ZeroPad1d": Case(lambda: layers.ZeroPad1d((2, 1)), (2, 3, 5)),
    "ZeroPad2d": Case(lambda: layers.ZeroPad2d((2, 1, 0, 3)), (2, 3, 5, 4)),
    "ZeroPad3d": Case(lambda: layers.ZeroPad3d(1), (2, 1, 3, 2, 4)),
}


def twice() -> models.Sequential:
    """A network that uses one layer at two places."""
    shared = Linear(3, 3)
    return models.Sequential(Linear(5, 3), shared, Tanh(), models.Sequential(shared, ReLU()))


MODELS = {
    "Graph": Case(lambda: models.Graph(
        ["x", "z"], {"f": (layers.Multiply(), "q", "h"), "h": (Linear(3, 3), "z"), "q": (layers.Add(), "x", "h")},
        ["f", "q"]), ((5, 3), (5, 3))),
    "Parallel": Case(lambda: models.Parallel(Linear(5, 3), models.Sequential(Linear(5, 4), Tanh())), (7, 5)),
    "Residual": Case(lambda: models.Residual(models.Sequential(Linear(5, 5), Tanh())), (7, 5)),
    "Residual: shortcut": Case(lambda: models.Residual(models.Sequential(Linear(5, 3), ReLU()), Linear(5, 3)), (7, 5)),
    "Sequential": Case(lambda: models.Sequential(Linear(5, 4), layers.Dropout(0.3), ReLU(), Linear(4, 3)), (7, 5)),
    "Sequential: a layer used twice": Case(twice, (7, 5)),
}

LOSSES = {
    "BCELoss": Case(losses.BCELoss, chance, chance[::-1].copy()),
    "BCEWithLogitsLoss": Case(lambda: losses.BCEWithLogitsLoss(pos_weight=weight), (7, 5), chance),
    "CrossEntropyLoss": Case(lambda: losses.CrossEntropyLoss(weight, ignore_index=2, label_smoothing=0.1), (7, 5),
                             labels),
    "CrossEntropyLoss: distributions": Case(losses.CrossEntropyLoss, (7, 5), chances),
    "CrossEntropyLoss: pictures": Case(losses.CrossEntropyLoss, (3, 5, 2, 4), pixels),
    "HingeEmbeddingLoss": Case(lambda: losses.HingeEmbeddingLoss(0.7), (7, 5), signs),
    "HuberLoss": Case(lambda: losses.HuberLoss(delta=0.5), (7, 5), (7, 5)),
    "KLDivLoss": Case(losses.KLDivLoss, (7, 5), chances),
    "KLDivLoss: logarithms": Case(lambda: losses.KLDivLoss(log_target=True), (7, 5), np.log(chances)),
    "L1Loss": Case(losses.L1Loss, (7, 5), (7, 5)),
    "MSELoss": Case(losses.MSELoss, (7, 5), (7, 5)),
    "MultiLabelMarginLoss": Case(losses.MultiLabelMarginLoss, (7, 5), label_lists),
    "MultiLabelSoftMarginLoss": Case(lambda: losses.MultiLabelSoftMarginLoss(weight), (7, 5), (signs + 1) / 2),
    "MultiMarginLoss": Case(lambda: losses.MultiMarginLoss(margin=0.5), (7, 5), labels),
    "MultiMarginLoss: squared": Case(lambda: losses.MultiMarginLoss(p=2, weight=weight), (7, 5), labels),
    "NLLLoss": Case(lambda: losses.NLLLoss(weight, ignore_index=1), (7, 5), labels),
    "NLLLoss: pictures": Case(losses.NLLLoss, (3, 5, 2, 4), pixels),
    "PoissonNLLLoss": Case(lambda: losses.PoissonNLLLoss(full=True), (7, 5), np.floor(10 * chance)),
    "PoissonNLLLoss: rates": Case(lambda: losses.PoissonNLLLoss(log_input=False), chance, np.floor(10 * chance)),
    "SmoothL1Loss": Case(lambda: losses.SmoothL1Loss(beta=0.5), (7, 5), (7, 5)),
    "SoftMarginLoss": Case(losses.SoftMarginLoss, (7, 5), signs),
}

variance = np.random.default_rng(0).uniform(0.3, 2, (7, 5))

LOSSES |= {
    "AdaptiveLogSoftmaxWithLoss": Case(lambda: losses.AdaptiveLogSoftmaxWithLoss(5, 11, [3, 6], 2.0, head_bias=True),
                                       ((7, 5), np.array([10, 7, 6, 8, 10, 9, 6]))),
    "CTCLoss": Case(losses.CTCLoss, (7, 2, 4), (np.array([[1, 2, 2], [3, 1, 0]]), np.array([7, 5]), np.array([3, 2])),
                    batch_axis=None),
    "CTCLoss: unbatched": Case(lambda: losses.CTCLoss(blank=3), (6, 4), (np.array([1, 1]), 6, 2), batch_axis=None),
    "CosineEmbeddingLoss": Case(lambda: losses.CosineEmbeddingLoss(0.1), ((7, 5), (7, 5)), signs[:, 0]),
    "GaussianNLLLoss": Case(lambda: losses.GaussianNLLLoss(full=True), ((7, 5), variance), (7, 5)),
    "GaussianNLLLoss: a variance a row": Case(losses.GaussianNLLLoss, ((7, 5), variance[:, 0]), (7, 5)),
    "MarginRankingLoss": Case(lambda: losses.MarginRankingLoss(0.3), ((7, 5), (7, 5)), signs),
    "TripletMarginLoss": Case(losses.TripletMarginLoss, ((7, 5),) * 3),
    "TripletMarginLoss: swap": Case(lambda: losses.TripletMarginLoss(p=3.0, swap=True), ((7, 5),) * 3),
}

LAYERS |= {
    "AdaptiveAvgPool1d": Case(lambda: layers.AdaptiveAvgPool1d(3), (2, 3, 8)),
    "AdaptiveAvgPool2d": Case(lambda: layers.AdaptiveAvgPool2d((3, None)), (2, 3, 7, 2)),
    "AdaptiveAvgPool3d": Case(lambda: layers.AdaptiveAvgPool3d(2), (2, 2, 3, 5, 4)),
    "AdaptiveMaxPool1d": Case(lambda: layers.AdaptiveMaxPool1d(3), (2, 3, 8)),
    "AdaptiveMaxPool2d": Case(lambda: layers.AdaptiveMaxPool2d((3, None)), (2, 3, 7, 2)),
    "AdaptiveMaxPool3d": Case(lambda: layers.AdaptiveMaxPool3d(2), (2, 2, 3, 5, 4)),
    "AvgPool1d": Case(lambda: layers.AvgPool1d(3, stride=2, padding=1), (2, 3, 8)),
    "AvgPool3d": Case(lambda: layers.AvgPool3d((1, 2, 3), ceil_mode=True), (2, 2, 3, 5, 4)),
    "MaxPool1d": Case(lambda: layers.MaxPool1d(3, stride=2, padding=1), (2, 3, 8)),
    "MaxPool3d": Case(lambda: layers.MaxPool3d((1, 2, 3), stride=2, dilation=(1, 2, 1)), (2, 2, 3, 5, 4)),
    "Conv1d": Case(lambda: layers.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), (3, 4, 8)),
    "Conv1d: mirrored border": Case(lambda: layers.Conv1d(2, 3, 3, padding=2, padding_mode="reflect"), (3, 2, 6)),
    "Conv3d": Case(lambda: layers.Conv3d(2, 3, (1, 2, 3), padding=(0, 1, 1)), (2, 2, 3, 4, 5)),
    "ConvTranspose1d": Case(lambda: layers.ConvTranspose1d(4, 6, 3, stride=2, output_padding=1, groups=2), (3, 4, 5)),
    "ConvTranspose2d": Case(lambda: layers.ConvTranspose2d(3, 2, (3, 2), stride=(2, 1), padding=1), (2, 3, 4, 5)),
    "ConvTranspose3d": Case(lambda: layers.ConvTranspose3d(2, 2, 2, dilation=2), (2, 2, 3, 2, 4)),
    "BatchNorm3d": Case(lambda: layers.BatchNorm3d(3), (2, 3, 2, 3, 2)),
    "GroupNorm": Case(lambda: layers.GroupNorm(2, 4), (3, 4, 5)),
    "InstanceNorm1d": Case(lambda: layers.InstanceNorm1d(3, affine=True), (2, 3, 5)),
    "InstanceNorm2d": Case(lambda: layers.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 4, 5)),
    "InstanceNorm3d": Case(lambda: layers.InstanceNorm3d(3), (2, 3, 2, 3, 2)),
    "GRU": Case(lambda: layers.GRU(5, 4, 2, bidirectional=True), (6, 3, 5), batch_axis=1),
    "GRU: lengths": Case(lambda: layers.GRU(5, 4, 2, bias=False, dropout=0.4), ((4, 3, 5), None, np.array([2, 4, 0])),
                         batch_axis=None),
    "GRUCell": Case(lambda: layers.GRUCell(5, 4), ((3, 5), (3, 4))),
    "LSTM": Case(lambda: layers.LSTM(5, 4, bidirectional=True), ((4, 3, 5), ((2, 3, 4), (2, 3, 4))), batch_axis=1),
    "LSTM: projected": Case(lambda: layers.LSTM(5, 4, proj_size=2, batch_first=True), (3, 4, 5)),
    "LSTMCell": Case(lambda: layers.LSTMCell(5, 4), ((3, 5), ((3, 4), (3, 4)))),
    "LayerNorm": Case(lambda: layers.LayerNorm((3, 5)), (4, 3, 5)),
    "RMSNorm": Case(lambda: layers.RMSNorm(5), (4, 3, 5)),
    "RNN": Case(lambda: layers.RNN(5, 4), (7, 3, 5), batch_axis=1),
    "RNN: relu": Case(lambda: layers.RNN(5, 4, 2, "relu", batch_first=True), ((3, 4, 5), (2, 3, 4))),
    "RNNCell": Case(lambda: layers.RNNCell(5, 4), (3, 5)),
}

LAYERS |= {
    "GroupedQueryAttention": Case(lambda: layers.GroupedQueryAttention(12, 6, 3), (3, 5, 12)),
    "LearnedPositions": Case(lambda: layers.LearnedPositions(6, 4), (3, 5, 4)),
    "MultiheadAttention": Case(lambda: layers.MultiheadAttention(6, 3), ((4, 2, 6), (5, 2, 6), (5, 2, 6)),
                               batch_axis=1),
    "RotaryPositions": Case(layers.RotaryPositions, (2, 3, 5, 6)),
    "ScaledDotProductAttention": Case(layers.ScaledDotProductAttention, ((3, 4, 5), (3, 6, 5), (3, 6, 2)),
                                      batch_axis=None),
    "SinusoidalPositions": Case(layers.SinusoidalPositions, (3, 5, 4)),
}

MODELS |= {
    "Transformer": Case(lambda: models.Transformer(4, 2, 1, 1, 3, activation="gelu"), ((3, 2, 4), (5, 2, 4)),
                        batch_axis=1),
    "TransformerDecoder": Case(lambda: models.TransformerDecoder(
        models.TransformerDecoderLayer(4, 2, 3, activation="gelu"), 1, layers.LayerNorm(4)), ((3, 2, 4), (5, 2, 4)),
        batch_axis=1),
    "TransformerDecoderLayer": Case(lambda: models.TransformerDecoderLayer(6, 3, 5, activation="gelu"),
                                    ((4, 2, 6), (5, 2, 6)), batch_axis=1),
    "TransformerEncoder": Case(lambda: models.TransformerEncoder(
        models.TransformerEncoderLayer(4, 2, 3, activation="gelu"), 1), (3, 2, 4), batch_axis=1),
    "TransformerEncoderLayer": Case(lambda: models.TransformerEncoderLayer(6, 3, 5, activation="gelu"), (4, 2, 6),
                                    batch_axis=1),
}

EXAMPLES = LAYERS | MODELS | LOSSES

NETWORKS: dict[str, tuple[Callable[[], Layer], Loss, tuple[int, ...], Any]] = {
    "autoencoder": (lambda: zoo.autoencoder([6, 4, 2]), MSELoss(), (5, 6), (5, 6)),
    "lenet5": (lambda: zoo.lenet5(3), CrossEntropyLoss(), (2, 1, 28, 28), labels[:2] % 3),
    "mlp": (lambda: zoo.mlp([5, 4, 6, 3], Tanh, dropout=0.2), CrossEntropyLoss(), (7, 5), labels % 3),
    "resnet": (lambda: zoo.resnet(3, 1, (2, 3), blocks=1, image_size=8), CrossEntropyLoss(), (4, 1, 8, 8),
               labels[:4] % 3),
    "vgg": (lambda: zoo.vgg(3, 1, (2, 3), depth=1, image_size=8), CrossEntropyLoss(), (4, 1, 8, 8), labels[:4] % 3),
}
