"""State dicts go both ways: PyTorch's into ours, ours into PyTorch's, strict about names and shapes."""

from itertools import product

import numpy as np
import pytest

from chainrule import layers, losses, models
from chainrule.layers.core import ShapeError, flatten

from ..contract.examples import EXAMPLES

torch = pytest.importorskip("torch")

rng = np.random.default_rng(0)
indices, labels = rng.integers(0, 7, (3, 4)), rng.integers(0, 5, 6)
weight = rng.uniform(0.5, 2, 5)
images, volumes, sequences = (rng.normal(size=(2, 4, *spatial)) for spatial in ((6, 5), (5, 4, 3), (7,)))
steps, other_steps, step = rng.normal(size=(5, 2, 4)), rng.normal(size=(3, 2, 4)), rng.normal(size=(2, 4))
YES_NO = (True, False)


def every(**options):
    """Return all combinations of options."""
    return [dict(zip(options, chosen, strict=True)) for chosen in product(*options.values())]


def norms(axes, x):
    name = f"InstanceNorm{axes}d"
    options = {"affine": YES_NO, "track_running_stats": YES_NO, "bias": YES_NO}
    return {name: [((4,), option, (x,)) for option in every(**options)],
            name.replace("Instance", "Batch"): [((4,), option, (x,)) for option in every(**options)],
            f"Conv{axes}d": [((4, 6, 3), option, (x,)) for option in every(
                bias=YES_NO, groups=(1, 2), padding_mode=("zeros", "circular"), padding=(0, 1))],
            f"ConvTranspose{axes}d": [((4, 6, 3), option, (x,)) for option in every(
                bias=YES_NO, groups=(1, 2), stride=(1, 2), output_padding=(0,))]}


def recurrent(**more):
    return [((4, 3), option, (steps,)) for option in every(
        num_layers=(1, 2, 3), bias=YES_NO, batch_first=YES_NO, bidirectional=YES_NO, **more)]


layer_options = every(norm_first=YES_NO, bias=YES_NO, batch_first=YES_NO, activation=("relu", "gelu"))
stack = {"dim_feedforward": 3, "dropout": 0.1}
share = rng.uniform(0.1, 0.9, (6, 5))

CASES = {
    **norms(1, sequences), **norms(2, images), **norms(3, volumes),
    "AdaptiveLogSoftmaxWithLoss": [((4, 9, [2, 5]), option, (rng.normal(size=(6, 4)), labels)) for option in every(
        div_value=(1.0, 2.0), head_bias=YES_NO)],
    "BCELoss": [((weight,), {}, (share, share[::-1].copy()))],
    "BCEWithLogitsLoss": [((), option, (share, share[::-1].copy())) for option in every(
        weight=(None, weight), pos_weight=(None, weight))],
    "Bilinear": [((4, 3, 2), option, (step, step[:, 1:])) for option in every(bias=YES_NO)],
    "CrossEntropyLoss": [((weight,), {}, (rng.normal(size=(6, 5)), labels))],
    "Embedding": [((7, 3), option, (indices,)) for option in every(padding_idx=(None, 2, -1))],
    "EmbeddingBag": [((7, 3), option, (indices,)) for option in every(padding_idx=(None, 2), mode=("sum", "max"))],
    "GRU": recurrent(), "LSTM": recurrent(proj_size=(0, 2)), "RNN": recurrent(nonlinearity=("tanh", "relu")),
    "GRUCell": [((4, 3), option, (step,)) for option in every(bias=YES_NO)],
    "LSTMCell": [((4, 3), option, (step,)) for option in every(bias=YES_NO)],
    "RNNCell": [((4, 3), option, (step,)) for option in every(bias=YES_NO, nonlinearity=("tanh", "relu"))],
    "GroupNorm": [((2, 4), option, (images,)) for option in every(affine=YES_NO, bias=YES_NO)],
    "LayerNorm": [(((6, 5),), option, (images,)) for option in every(elementwise_affine=YES_NO, bias=YES_NO)],
    "Linear": [((5, 3), option, (images,)) for option in every(bias=YES_NO)],
    "MultiLabelSoftMarginLoss": [((weight,), {}, (share, share.round()))],
    "MultiMarginLoss": [((), {"weight": weight, "p": p}, (share, labels)) for p in (1, 2)],
    "MultiheadAttention": [((4, 2), option, (other_steps, steps, steps)) for option in every(
        bias=YES_NO, add_bias_kv=YES_NO, add_zero_attn=YES_NO, kdim=(None, 4), vdim=(None, 4))] + [
        ((4, 2), {"kdim": 3, "vdim": 5, "batch_first": True}, (step[:, None], rng.normal(size=(2, 6, 3)),
                                                              rng.normal(size=(2, 6, 5))))],
    "NLLLoss": [((weight,), {}, (share, labels))],
    "PReLU": [((), {"num_parameters": count}, (images,)) for count in (1, 4)],
    "RMSNorm": [((5,), option, (images,)) for option in every(elementwise_affine=YES_NO)],
    "Sequential": [(lambda nn: (nn.Linear(4, 3), nn.Tanh(), nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))), {},
                    (step,))],
    "SyncBatchNorm": [((4,), option, (images,)) for option in every(affine=YES_NO, bias=YES_NO)],
    "Transformer": [((4, 2, 1, 2), option | stack, (steps, steps)) for option in layer_options],
    "TransformerDecoder": [(lambda nn: (nn.TransformerDecoderLayer(4, 2, **stack), 2, nn.LayerNorm(4)), {},
                            (steps, steps))],
    "TransformerDecoderLayer": [((4, 2), option | stack, (steps, steps)) for option in layer_options],
    "TransformerEncoder": [(lambda nn: (nn.TransformerEncoderLayer(4, 2, **stack), 2, nn.LayerNorm(4)),
                            {"enable_nested_tensor": False}, (steps,))],
    "TransformerEncoderLayer": [((4, 2), option | stack, (steps,)) for option in layer_options],
}
"""Class: arguments, options and inputs; arguments that are layers come from a function of the library."""

ROOMS = {name: room for room in (layers, losses, models) for name in room.__all__}


class Ours:
    """Our layers of all rooms, as ``torch.nn`` has them."""

    def __getattr__(self, name):
        return getattr(ROOMS[name], name)


def as_tensor(value):
    return torch.tensor(value) if isinstance(value, np.ndarray) else value


@pytest.fixture(params=[(name, index) for name in CASES for index in range(len(CASES[name]))],
                ids=lambda case: f"{case[0]}-{case[1]}")
def pair(request):
    """Return a layer, PyTorch's counterpart in which every number is drawn, and inputs."""
    name, index = request.param
    arguments, options, inputs = CASES[name][index]
    made = [kind(*(arguments(library) if callable(arguments) else map(cast, arguments)),
                 **{key: cast(value) for key, value in options.items()})
            for library, kind, cast in ((Ours(), getattr(Ours(), name), lambda value: value),
                                        (torch.nn, getattr(torch.nn, name), as_tensor))]
    ours, theirs = made[0].astype(np.float64), made[1].double()
    with torch.no_grad():
        for key, value in theirs.state_dict().items():
            if value.is_floating_point():
                value.copy_(torch.tensor(rng.uniform(0.2, 1, value.shape)))
            else:
                value.fill_(7)
            assert value.is_floating_point() or key.endswith("num_batches_tracked")
    return ours.eval(), theirs.eval(), inputs


@pytest.mark.filterwarnings("ignore:.*enable_nested_tensor")
@pytest.mark.parametrize("cast", [lambda tensor: tensor, lambda tensor: tensor.numpy()], ids=["tensors", "arrays"])
def test_theirs_fits_ours_and_ours_theirs(pair, cast):
    ours, theirs, inputs = pair
    state = {name: cast(value) for name, value in theirs.state_dict().items()}
    assert ours.load_state_dict(state) == ([], [])
    mine = ours.state_dict()
    assert list(mine) == list(state)
    for name, value in theirs.state_dict().items():
        assert str(value.dtype) == f"torch.{mine[name].dtype}"
        np.testing.assert_array_equal(mine[name], value)
    outputs, expected = ours.forward(*inputs), theirs(*map(as_tensor, inputs))
    expected = tuple(expected) if isinstance(expected, tuple) else expected      # AdaptiveLogSoftmax names its two
    for output, wanted in zip(flatten(outputs), flatten(expected), strict=True):
        np.testing.assert_allclose(output, wanted.detach(), rtol=1e-10, atol=1e-10)
    with torch.no_grad():
        for value in theirs.state_dict().values():
            value.zero_()
    theirs.load_state_dict({name: torch.from_numpy(value) for name, value in mine.items()}, strict=True)
    for name, value in theirs.state_dict().items():
        np.testing.assert_array_equal(mine[name], value)


@pytest.mark.filterwarnings("ignore:.*enable_nested_tensor")
def test_what_does_not_fit_is_named_and_changes_nothing(pair):
    ours, theirs, _ = pair
    state, before = dict(theirs.state_dict()), ours.state_dict()
    with pytest.raises(ShapeError, match=r"can not load this state dict: .*nowhere: unexpected"):
        ours.load_state_dict(state | {"nowhere": torch.zeros(2)})
    for name, value in state.items():
        with pytest.raises(ShapeError, match=f"{name}: missing"):
            ours.load_state_dict({key: other for key, other in state.items() if key != name})
        with pytest.raises(ShapeError, match=rf"{name}: expected shape \(.*\), got \(2,"):
            ours.load_state_dict(state | {name: torch.stack([value, value])})
        assert ours.load_state_dict({}, strict=False).missing_keys == list(state)
    for name, value in ours.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_every_class_with_state_that_torch_has_is_here():
    with_state = {name.split(":")[0] for name, example in EXAMPLES.items() if example.make().state_dict()}
    assert {name for name in with_state if hasattr(torch.nn, name)} <= set(CASES)
