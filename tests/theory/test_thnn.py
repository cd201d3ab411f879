"""The 54 operators of THNN, the C library under Torch7 and the first PyTorch: each is here, and its gradient holds.

Source: the files of aten/src/THNN/generic in December 2018; docs/thnn.md says what became of each.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import scipy

from chainrule import layers, losses
from chainrule.layers import MaxPool2d, MaxPool3d, MaxUnpool2d, MaxUnpool3d
from chainrule.losses import Loss
from chainrule.testing import check_layer, check_loss

PAGE = Path(__file__).resolve().parents[2] / "docs" / "thnn.md"

rng = np.random.default_rng(0)
chance = rng.uniform(0.05, 0.95, (7, 3))
labels = np.array([0, 2, 1, 1, 0, 2, 0])
signs = np.where(chance > 0.5, 1.0, -1.0)
label_lists = np.array([[0, 2, -1], [1, -1, 0], [2, 1, 0], [-1, 0, 1], [0, 1, -1], [1, 0, 2], [2, -1, 2]])
pixels = rng.integers(0, 3, (2, 5, 3))
positive = rng.uniform(0.2, 2, (2, 5, 4))
weight = [1.0, 2.5, 0.5]


def rows(shape, seed):
    """Return sparse rows with normal values."""
    generator = np.random.default_rng(seed)
    return scipy.sparse.random_array(shape, density=0.4, random_state=generator, data_sampler=generator.normal)


def pooled(shape, pool):
    """Return the shape of a pool's output and the places of its values: what an unpooling takes."""
    y, indices = pool.forward(np.random.default_rng(1).standard_normal(shape))
    return y.shape, indices


def case(*arguments, x, **options):
    """Return the arguments of a class, and the inputs to check it with: shapes, arrays, or a tuple of these."""
    several = isinstance(x, tuple) and not all(isinstance(size, int) for size in x)
    return arguments, options, x if several else (x,)


def elementwise(*arguments):
    return [case(*arguments, x=shape) for shape in ((7,), (5, 3), (2, 3, 1, 5))]


def criterion(target, *more):
    """Return a loss of a prediction like ``target``, with each reduction and what else is given."""
    return [case(x=((7, 3), target), reduction=each) for each in ("mean", "sum", "none")] + list(more)


def upsampling(axes, **options):
    spatial = (3, 5, 4)[:axes]
    return [case(x=(2, 3, *spatial), scale_factor=2, **options),
            case(x=(1, 2, *spatial), size=(7, 4, 5)[:axes], **options),
            case(x=(2, 1, *spatial), scale_factor=(1.5, 2.3, 0.7)[:axes], **options)]


def aligned(axes, mode):
    return [*upsampling(axes, mode=mode)[1:], *upsampling(axes, mode=mode, align_corners=True)[:2]]


THNN = {
    "AbsCriterion": ("L1Loss", criterion((7, 3))),
    "BCECriterion": ("BCELoss", [case(x=(chance, chance[::-1].copy())), case(weight, x=(chance, (signs + 1) / 2)),
                                 case(x=(chance[:, 0].copy(), chance[:, 1].copy()), reduction="none")]),
    "ClassNLLCriterion": ("NLLLoss", [case(x=((7, 3), labels)), case(weight, x=((7, 3), labels)),
                                      case(x=((7, 3), labels), ignore_index=1, reduction="none")]),
    "Col2Im": ("Fold", [case((5, 4), (3, 2), padding=1, stride=2, x=(2, 18, 9)), case((4, 4), 2, x=(3, 4, 9)),
                        case((5, 7), (2, 3), dilation=2, x=(1, 6, 9))]),
    "ELU": ("ELU", [*elementwise(), *elementwise(0.5)]),
    "FeatureLPPooling": ("FeatureLPPooling", [case(3, 2, x=(2, 7, 3, 5)), case(2, power=3.0, x=positive),
                                              case(4, 3, 4.0, batch_mode=False, x=(7, 3)), case(5, 4, x=(3, 9))]),
    "GatedLinearUnit": ("GLU", [case(x=(5, 6)), case(0, x=(4, 3)), case(1, x=(2, 6, 3))]),
    "HardTanh": ("Hardtanh", [*elementwise(), *elementwise(-0.3, 1.5)]),
    "Im2Col": ("Unfold", [case((3, 2), padding=1, stride=2, dilation=(1, 2), x=(2, 3, 5, 6)), case(2, x=(1, 2, 3, 5)),
                          case((1, 4), stride=(2, 3), x=(2, 1, 5, 7))]),
    "IndexLinear": ("IndexLinear", [case(9, 3, x=rows((5, 9), 0)), case(6, 1, False, x=rows((7, 6), 1)),
                                    case(8, 2, max_normalize=True, x=rows((6, 8), 2))]),
    "LeakyReLU": ("LeakyReLU", [*elementwise(), *elementwise(0.3)]),
    "LogSigmoid": ("LogSigmoid", elementwise()),
    "MSECriterion": ("MSELoss", criterion((7, 3))),
    "MultiLabelMarginCriterion": ("MultiLabelMarginLoss", criterion(label_lists)),
    "MultiMarginCriterion": ("MultiMarginLoss", criterion(labels, case(2, 0.5, weight, x=((7, 3), labels)))),
    "RReLU": ("RReLU", [*elementwise(), *elementwise(0.2, 0.2)]),
    "Sigmoid": ("Sigmoid", elementwise()),
    "SmoothL1Criterion": ("SmoothL1Loss", criterion((7, 3))),
    "SoftMarginCriterion": ("SoftMarginLoss", criterion(signs)),
    "SoftPlus": ("Softplus", [*elementwise(), *elementwise(3.0, 1.5)]),
    "SoftShrink": ("Softshrink", [*elementwise(), *elementwise(0.2)]),
    "SparseLinear": ("SparseLinear", [case(9, 3, x=rows((5, 9), 0)), case(1, 4, x=rows((3, 1), 1)),
                                      case(6, 2, False, x=rows((7, 6), 2))]),
    "SpatialAdaptiveAveragePooling": ("AdaptiveAvgPool2d", [case(3, x=(2, 2, 7, 5)), case((1, 4), x=(2, 3, 5)),
                                                            case((None, 7), x=(1, 2, 3, 5))]),
    "SpatialAdaptiveMaxPooling": ("AdaptiveMaxPool2d", [case(3, x=(2, 2, 7, 5)), case((1, 4), x=(2, 3, 5)),
                                                        case((None, 7), x=(1, 2, 3, 5))]),
    "SpatialAveragePooling": ("AvgPool2d", [case((3, 2), 2, 1, x=(2, 3, 7, 5)), case(2, ceil_mode=True, x=(1, 7, 5)),
                                            case(3, 2, 1, True, False, x=(2, 1, 6, 5)),
                                            case(2, divisor_override=3, x=(2, 1, 5, 4))]),
    "SpatialClassNLLCriterion": ("NLLLoss", [case(x=((2, 3, 5, 3), pixels)), case(weight, x=((2, 3, 5, 3), pixels)),
                                             case(x=((2, 3, 5, 3), pixels), ignore_index=2, reduction="sum")]),
    "SpatialConvolutionMM": ("Conv2d", [case(2, 3, 3, padding=1, x=(2, 2, 5, 4)), case(3, 1, (2, 3), 2, x=(3, 7, 5)),
                                        case(1, 2, 1, bias=False, x=(3, 1, 2, 3))]),
    "SpatialDilatedConvolution": ("Conv2d", [case(2, 3, 2, dilation=2, x=(2, 2, 5, 4)),
                                             case(2, 2, (2, 3), 2, 1, (3, 1), x=(1, 2, 7, 5)),
                                             case(4, 2, 2, dilation=(1, 3), groups=2, x=(2, 4, 3, 5))]),
    "SpatialDilatedMaxPooling": ("MaxPool2d", [case((3, 2), 2, 1, x=(2, 2, 7, 5)),
                                               case(2, 1, 0, (2, 3), x=(2, 2, 7, 5)),
                                               case(3, 2, 1, 2, ceil_mode=True, x=(2, 7, 8))]),
    "SpatialFractionalMaxPooling": ("FractionalMaxPool2d", [case(2, output_ratio=(0.6, 0.5), x=(2, 2, 7, 5)),
                                                            case((2, 3), (3, 2), x=(2, 1, 5, 7)),
                                                            case(1, output_size=3, x=(3, 4, 5))]),
    "SpatialFullDilatedConvolution": ("ConvTranspose2d", [
        case(2, 3, (3, 2), 2, 1, x=(2, 2, 3, 4)), case(2, 2, 2, dilation=(3, 2), x=(1, 2, 3, 2)),
        case(4, 2, 3, 2, output_padding=1, groups=2, x=(2, 4, 2, 3))]),
    "SpatialMaxUnpooling": ("MaxUnpool2d", [
        case(2, x=pooled((2, 2, 4, 6), MaxPool2d(2, return_indices=True))),
        case((3, 2), x=pooled((3, 6, 4), MaxPool2d((3, 2), return_indices=True))),
        case(3, 2, 1, x=pooled((1, 2, 5, 7), MaxPool2d(3, 2, 1, return_indices=True)))]),
    "SpatialReflectionPadding": ("ReflectionPad2d", [case(1, x=(2, 1, 3, 4)), case((2, 1, 0, 3), x=(2, 3, 5, 4)),
                                                     case((0, 3, 2, 0), x=(2, 3, 4))]),
    "SpatialReplicationPadding": ("ReplicationPad2d", [case(1, x=(2, 1, 3, 4)), case((2, 1, 0, 3), x=(2, 3, 5, 4)),
                                                       case((0, 3, 2, 0), x=(2, 1, 1))]),
    "SpatialUpSamplingBilinear": ("Upsample", aligned(2, "bilinear")),
    "SpatialUpSamplingNearest": ("Upsample", upsampling(2)),
    "Tanh": ("Tanh", elementwise()),
    "TemporalReflectionPadding": ("ReflectionPad1d", [case(2, x=(2, 3, 4)), case((0, 3), x=(2, 5)),
                                                      case((4, 1), x=(1, 2, 5))]),
    "TemporalReplicationPadding": ("ReplicationPad1d", [case(2, x=(2, 3, 4)), case((0, 3), x=(2, 1)),
                                                        case((4, 1), x=(1, 2, 3))]),
    "TemporalRowConvolution": ("TemporalRowConvolution", [case(3, 2, x=(2, 5, 3)), case(4, 3, 2, x=(7, 4)),
                                                          case(2, 5, 3, True, x=(3, 2, 9))]),
    "TemporalUpSamplingLinear": ("Upsample", aligned(1, "linear")),
    "TemporalUpSamplingNearest": ("Upsample", upsampling(1)),
    "VolumetricAdaptiveAveragePooling": ("AdaptiveAvgPool3d", [
        case(2, x=(2, 1, 3, 5, 4)), case((1, 3, 2), x=(2, 3, 4, 3)), case((None, 1, 4), x=(1, 2, 3, 2, 3))]),
    "VolumetricAdaptiveMaxPooling": ("AdaptiveMaxPool3d", [
        case(2, x=(2, 1, 3, 5, 4)), case((1, 3, 2), x=(2, 3, 4, 3)), case((None, 1, 4), x=(1, 2, 3, 2, 3))]),
    "VolumetricAveragePooling": ("AvgPool3d", [case((1, 2, 3), ceil_mode=True, x=(2, 2, 3, 5, 4)),
                                               case(3, 2, 1, True, False, x=(1, 4, 5, 3)),
                                               case(2, 1, divisor_override=5, x=(2, 1, 3, 2, 3))]),
    "VolumetricConvolutionMM": ("Conv3d", [case(2, 3, (1, 2, 3), padding=(0, 1, 1), x=(2, 2, 3, 2, 3)),
                                           case(1, 2, 2, (2, 1, 2), x=(1, 4, 3, 5)),
                                           case(2, 1, 1, bias=False, x=(3, 2, 1, 2, 3))]),
    "VolumetricDilatedConvolution": ("Conv3d", [case(1, 2, 2, dilation=2, x=(1, 1, 3, 5, 4)),
                                                case(2, 2, (1, 2, 2), 1, 1, (1, 2, 3), x=(1, 2, 2, 3, 4)),
                                                case(2, 2, 2, 2, 0, (1, 3, 1), 2, x=(2, 2, 3, 4, 3))]),
    "VolumetricDilatedMaxPooling": ("MaxPool3d", [case((1, 2, 3), 2, 0, (1, 2, 1), x=(2, 2, 3, 5, 4)),
                                                  case(2, ceil_mode=True, x=(1, 3, 5, 3)),
                                                  case(3, 1, 1, x=(1, 1, 3, 4, 3))]),
    "VolumetricFractionalMaxPooling": ("FractionalMaxPool3d", [
        case((2, 3, 1), output_size=(2, 2, 3), x=(2, 1, 4, 5, 3)), case(2, output_ratio=0.6, x=(1, 2, 5, 4, 5)),
        case(1, 2, x=(1, 3, 4, 3))]),
    "VolumetricFullDilatedConvolution": ("ConvTranspose3d", [
        case(1, 2, 2, dilation=2, x=(1, 1, 2, 3, 2)), case(2, 1, (1, 2, 3), 2, (0, 1, 1), x=(2, 2, 2, 3)),
        case(2, 2, 2, (2, 1, 3), 0, (1, 0, 2), 2, x=(1, 2, 2, 1, 3))]),
    "VolumetricMaxUnpooling": ("MaxUnpool3d", [
        case(2, x=pooled((1, 2, 2, 4, 6), MaxPool3d(2, return_indices=True))),
        case((1, 3, 2), x=pooled((2, 2, 3, 4), MaxPool3d((1, 3, 2), return_indices=True))),
        case(3, 2, 1, x=pooled((1, 1, 5, 3, 5), MaxPool3d(3, 2, 1, return_indices=True)))]),
    "VolumetricReplicationPadding": ("ReplicationPad3d", [
        case(1, x=(2, 1, 2, 3, 2)), case((2, 1, 0, 1, 1, 0), x=(1, 3, 2, 4)),
        case((0, 3, 2, 0, 1, 2), x=(1, 2, 1, 1, 3))]),
    "VolumetricUpSamplingNearest": ("Upsample", upsampling(3)),
    "VolumetricUpSamplingTrilinear": ("Upsample", aligned(3, "trilinear")),
}


def test_there_are_fifty_four_with_three_settings_each():
    assert len(THNN) == 54
    assert all(len(settings) >= 3 for _, settings in THNN.values())


@pytest.mark.parametrize("operator", THNN)
def test_gradients(operator):
    name, settings = THNN[operator]
    kind = getattr(losses, name, None) or getattr(layers, name)
    for arguments, options, x in settings:
        step = kind(*arguments, **options)
        check = check_loss if isinstance(step, Loss) else check_layer
        assert check(step, *x, tolerance=1e-6, entries=16).problems == [], step.title


def test_the_page_has_the_same_rows():
    rows = re.findall(r"^\| (\w+) \| `(\w+)", PAGE.read_text(encoding="utf-8"), re.M)
    assert rows == [(operator, name) for operator, (name, _) in THNN.items()]


@pytest.mark.parametrize(("pool", "unpool", "shape"), [
    (MaxPool2d, MaxUnpool2d, (2, 3, 6, 8)), (MaxPool2d, MaxUnpool2d, (3, 4, 2)),
    (MaxPool3d, MaxUnpool3d, (2, 1, 4, 2, 6)),
])
def test_pooling_and_unpooling_are_round_trips(pool, unpool, shape):
    x = np.random.default_rng(0).uniform(1, 2, shape)
    down, up = pool(2, return_indices=True), unpool(2)
    y, indices = down.forward(x)
    spread = up.forward(y, indices)
    again, places = down.forward(spread)
    np.testing.assert_array_equal(again, y)
    np.testing.assert_array_equal(places, indices)
    np.testing.assert_array_equal(spread[spread != 0], x[spread != 0])
    assert np.count_nonzero(spread) == y.size
    up.forward(y, indices)
    grad = up.backward(spread)                      # the adjoint picks what the forward pass put there
    np.testing.assert_array_equal(grad[0] if isinstance(grad, tuple) else grad, y)


@pytest.mark.parametrize("kind", [layers.MaxPool2d, layers.AdaptiveMaxPool2d, layers.FractionalMaxPool2d])
@pytest.mark.parametrize("shape", [(2, 3, 7, 5), (3, 5, 7)])
def test_indices_say_where_the_values_come_from(kind, shape):
    x = np.random.default_rng(0).standard_normal(shape)
    options = {} if kind is layers.AdaptiveMaxPool2d else {"kernel_size": 2}
    sizes = {} if kind is layers.MaxPool2d else {"output_size": (3, 2)}
    y, indices = kind(**options, **sizes, return_indices=True).forward(x)
    flat = x.reshape(*shape[:-2], -1)
    np.testing.assert_array_equal(np.take_along_axis(flat, indices.reshape(*shape[:-2], -1), -1).reshape(y.shape), y)
