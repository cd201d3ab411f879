"""Options that the parity test of a class by itself leaves out: old and rare ones, unbatched and empty inputs."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainrule import layers, losses

from ..losses.conftest import _numbers_of_torch as numbers_of_torch

torch = pytest.importorskip("torch")

few, yes_no, seeds = st.integers(1, 3), st.booleans(), st.integers(0, 99)
lead = st.sampled_from([(), (1,), (3,)])


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def pair(name, *arguments, **options):
    """Return our class and PyTorch's, made alike."""
    room = layers if hasattr(layers, name) else losses
    return getattr(room, name)(*arguments, **options), getattr(torch.nn, name)(*arguments, **options)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(["Batch", "Instance", "Group"]), axes=few, affine=yes_no, bias=yes_no, tracked=yes_no,
       momentum=st.sampled_from([0.1, 0.0, 1.0, None]), training=yes_no, seed=seeds, data=st.data())
def test_norms(agrees, kind, axes, affine, bias, tracked, momentum, training, seed, data):
    spatial = data.draw(st.lists(st.integers(2, 3), min_size=axes, max_size=axes))
    if kind == "Group":
        ours, theirs = pair("GroupNorm", data.draw(st.sampled_from([1, 2, 4])), 4, affine=affine, bias=bias)
        x = normal(2, 4, *spatial[1:], seed=seed)
    else:
        assume(kind == "Batch" or momentum is not None)
        ours, theirs = pair(f"{kind}Norm{axes}d", 4, momentum=momentum, affine=affine, bias=bias,
                            track_running_stats=tracked)
        x = normal(*(data.draw(lead) if kind == "Instance" else (2,)), 4, *spatial, seed=seed)
    theirs = theirs.double()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    for _ in range(2):
        agrees(ours.train(training), theirs.train(training), x)
        theirs.zero_grad()
        for name, value in theirs.state_dict().items():
            np.testing.assert_allclose(ours.state_dict()[name], value, rtol=1e-10, atol=1e-12, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(mode=st.sampled_from(["nearest", "linear", "bilinear", "bicubic", "trilinear"]), corners=yes_no,
       again=st.sampled_from([None, False, True]), data=st.data())
def test_upsample_with_scales_computed_again(agrees, mode, corners, again, data):
    axes = {"linear": 1, "trilinear": 3, "nearest": data.draw(few)}.get(mode, 2)
    scale = data.draw(st.sampled_from([0.7, 1.6, (2.3, 0.6, 1.45)[:axes]]))
    ours, theirs = pair("Upsample", scale_factor=scale, mode=mode, recompute_scale_factor=again,
                        align_corners=None if mode == "nearest" else corners)
    x = normal(2, 2, *data.draw(st.lists(st.integers(3, 5), min_size=axes, max_size=axes)))
    if mode == "nearest" and not again:     # from 3 to 6 values by 2.3, PyTorch's backward is not that of its forward
        np.testing.assert_array_equal(ours.forward(x), theirs(torch.tensor(x)))
    else:
        agrees(ours, theirs, x)


@settings(max_examples=50, deadline=None)
@given(axes=few, stride=few, kernel=few, dilation=st.integers(1, 2), groups=st.integers(1, 2), lead=lead,
       data=st.data())
def test_output_size_of_transposed_convolutions(agrees, axes, stride, kernel, dilation, groups, lead, data):
    ours, theirs = pair(f"ConvTranspose{axes}d", 2, 4, kernel, stride, dilation=dilation, groups=groups,
                        padding_mode="zeros")
    x = normal(*lead, 2, *[data.draw(few) for _ in range(axes)])
    least = theirs(torch.tensor(x, dtype=torch.float32)).shape[-axes:]
    size = tuple(each + data.draw(st.integers(0, stride - 1)) for each in least)
    given_size = data.draw(st.sampled_from([size, (*lead, 4, *size), list(size)]))

    class Sized(layers.Layer):
        def __init__(self):
            self.weight, self.bias = ours.weight, ours.bias

        def forward(self, x):
            return ours.forward(x, given_size)

        def backward(self, grad_out):
            return ours.backward(grad_out)

    class TheirSized(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.bias = theirs.weight, theirs.bias

        def forward(self, x):
            return torch.nn.functional.__dict__[f"conv_transpose{axes}d"](
                x, self.weight, self.bias, stride, 0, theirs._output_padding(x, list(given_size), [stride] * axes,
                                                                            [0] * axes, [kernel] * axes, axes,
                                                                            [dilation] * axes), groups, dilation)

    agrees(Sized(), TheirSized(), x)


@settings(max_examples=60, deadline=None)
@given(mode=st.sampled_from(["sum", "mean", "max"]), norm_type=st.sampled_from([0.5, 1.0, 2.0, 3.0, float("inf")]),
       max_norm=st.none() | st.floats(0.3, 2), padding=st.none() | st.integers(-5, 4), seed=seeds)
def test_tables(mode, norm_type, max_norm, padding, seed):
    indices = np.random.default_rng(seed).integers(0, 5, (4, 3))
    for name, options in (("Embedding", {}), ("EmbeddingBag", {"mode": mode})):
        ours, theirs = pair(name, 5, 3, max_norm=max_norm, norm_type=norm_type, padding_idx=padding, **options)
        ours.astype(np.float64).load_state_dict(theirs.double().state_dict())
        y, expected = ours.forward(indices), theirs(torch.tensor(indices))
        np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
        grad_out = normal(*y.shape, seed=seed)
        ours.backward(grad_out)
        expected.backward(torch.tensor(grad_out))
        np.testing.assert_allclose(ours.weight.grad, theirs.weight.grad, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(ours.weight.data, theirs.weight.detach(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("freeze", [True, False])
def test_a_table_that_was_trained_before(freeze):
    values = normal(5, 3)
    theirs = torch.nn.Embedding.from_pretrained(torch.tensor(values), freeze, 1, 0.5, 1.0, True)
    ours = layers.Embedding.from_pretrained(values, freeze, 1, 0.5, 1.0, True)
    assert ours.weight.dtype == np.float64 and ours.weight.requires_grad == theirs.weight.requires_grad is not freeze
    indices = np.array([[1, 4], [0, 4]])
    np.testing.assert_allclose(ours.forward(indices), theirs(torch.tensor(indices)).detach(), rtol=1e-12)
    assert (values == normal(5, 3)).all()


ACTIVATIONS = {
    "CELU": {"alpha": st.sampled_from([0.3, 3.0])}, "ELU": {"alpha": st.sampled_from([-0.7, 0.0, 3.0])},
    "Hardshrink": {"lambd": st.just(0.0)},
    "Hardtanh": {"min_val": st.just(0.5), "max_val": st.just(1.0)},
    "LeakyReLU": {"negative_slope": st.sampled_from([0.0, 1.5, -2.0])}, "Softshrink": {"lambd": st.just(0.0)},
    "PReLU": {"init": st.sampled_from([0.0, -1.0])}, "RReLU": {"lower": st.just(0.3), "upper": st.just(0.3)},
    "Softplus": {"beta": st.sampled_from([0.2, 5.0]), "threshold": st.sampled_from([0.0, 5.0])},
    "Threshold": {"threshold": st.sampled_from([0.0, -0.3]), "value": st.sampled_from([0.0, -7.0])},
    "GLU": {"dim": st.sampled_from([-1, -2, 0, 1])}, "Softmax": {"dim": st.sampled_from([-1, -2, 0, 1])},
    "LogSoftmax": {"dim": st.sampled_from([-1, -2, 0, 1])}, "Softmin": {"dim": st.sampled_from([-1, -2, 0, 1])},
}


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(ACTIVATIONS)), data=st.data(), tail=st.lists(few, max_size=2))
def test_activations_at_the_ends_of_their_options(agrees, name, data, tail):
    ours, theirs = pair(name, **{option: data.draw(values) for option, values in ACTIVATIONS[name].items()})
    # PyTorch takes 1/alpha in single precision for doubles too
    agrees(ours, theirs, 2 * normal(4, 2, *tail), tolerance=1e-7 if name == "CELU" else 1e-10)


def test_a_leak_of_a_vector_and_of_a_number(agrees):
    for shape in ((), (5,)):
        agrees(*pair("PReLU"), np.asarray(normal(*shape)))


SHAPED = {
    "Bilinear": ((4, 3, 2), [(4,), (3,)]), "Flatten": ((1, 2), [(2, 3, 4)]), "Identity": ((), [(5,)]),
    "PixelShuffle": ((2,), [(8, 2, 3)]), "PixelUnshuffle": ((2,), [(3, 4, 2)]), "Unfold": ((2,), [(3, 4, 5)]),
    "Fold": (((3, 4), 2), [(12, 6)]), "Unflatten": ((-1, (2, 3)), [(4, 6)]), "Linear": ((4, 3), [(4,)]),
    "LayerNorm": ((4,), [(4,)]), "RMSNorm": ((4,), [(4,)]), "Softmax2d": ((), [(3, 4, 5)]),
}


@pytest.mark.parametrize("batch", [(), (0,), (1,), (2,)])
@pytest.mark.parametrize("name", SHAPED)
def test_with_and_without_a_batch(agrees, name, batch):
    arguments, shapes = SHAPED[name]
    if batch == (0,) and name in ("Fold", "Unfold", "PixelShuffle", "PixelUnshuffle"):
        return          # PyTorch itself refuses or can not go back
    arguments = (2, 3) if name == "Flatten" and batch else arguments
    agrees(*pair(name, *arguments), *(normal(*batch, *shape) for shape in shapes))


WITHOUT_A_BATCH = {
    "Conv": ((2, 4, 2), {"padding": 1, "padding_mode": "circular"}), "ConvTranspose": ((2, 4, 2), {"stride": 2}),
    "ReflectionPad": ((1,), {}), "ReplicationPad": ((2,), {}), "CircularPad": ((2,), {}), "ZeroPad": ((1,), {}),
    "ConstantPad": ((1, 0.5), {}), "MaxPool": ((2,), {"ceil_mode": True}), "AvgPool": ((2,), {"padding": 1}),
    "LPPool": ((2.0, 2), {}), "AdaptiveAvgPool": ((2,), {}), "AdaptiveMaxPool": ((2,), {}), "InstanceNorm": ((2,), {}),
}


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("batch", [(), (1,), (3,)])
@pytest.mark.parametrize("name", WITHOUT_A_BATCH)
def test_families_of_all_dimensions_with_and_without_a_batch(agrees, name, batch, axes):
    arguments, options = WITHOUT_A_BATCH[name]
    agrees(*pair(f"{name}{axes}d", *arguments, **options), normal(*batch, 2, *(5, 4, 3)[:axes]))


@settings(max_examples=80, deadline=None)
@given(name=st.sampled_from(["BCELoss", "BCEWithLogitsLoss"]), reduction=st.sampled_from(["none", "mean", "sum"]),
       shape=st.lists(few, min_size=1, max_size=3), data=st.data(), seed=seeds)
def test_weights_of_any_shape_that_stretches(name, reduction, shape, data, seed):
    kept = data.draw(st.integers(0, len(shape)))
    weight = np.random.default_rng(seed).uniform(0.5, 2, [size if data.draw(yes_no) else 1
                                                         for size in shape[len(shape) - kept:]])
    target, prediction = np.random.default_rng(seed).uniform(0.1, 0.9, (2, *shape))
    ours = getattr(losses, name)(weight, reduction=reduction).astype(np.float64)
    numbers_of_torch(ours, getattr(torch.nn, name)(torch.tensor(weight), reduction=reduction), prediction, target)
