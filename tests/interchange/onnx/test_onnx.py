"""Every exported layer, container and network of the zoo: to a file, through onnxruntime, and back."""

import numpy as np
import pytest

import chainrule
from chainrule.layers.core import flatten

from ...contract.examples import LAYERS, MODELS, NETWORKS

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
interchange = pytest.importorskip("chainrule.interchange.onnx")

BATCH_AXES = {"GRU: lengths": (1, 0), "RNN: relu": (0, 1)}
REFUSED = {                     # options of layers that no operator has; the layers without one are in REASONS
    "AdaptiveMaxPool2d: with indices": "counts the places",
    "EmbeddingBag: largest, offsets": "only bags of one size",
    "LSTM: projected": "no projection",
    "MaxPool2d: with indices": "counts the places",
}
EXAMPLES = {name: (case.make, case.x, case.batch_axis) for name, case in (LAYERS | MODELS).items()}
ZOO = {name: (make, x, 0) for name, (make, _, x, _) in NETWORKS.items()}


def reason_of(name):
    from chainrule.interchange.onnx.writing import REASONS
    return REFUSED.get(name) or REASONS.get(name.split(":")[0])


def numbers(x, rng):
    if isinstance(x, np.ndarray):
        return x.astype(np.float32 if x.dtype.kind == "f" else np.int64)
    if isinstance(x, tuple) and all(isinstance(size, int) for size in x):
        return rng.standard_normal(x).astype(np.float32)
    return tuple(numbers(each, rng) for each in x) if isinstance(x, tuple) else x


def made(make, x):
    """Return a network with weights that are all different, and inputs."""
    rng = np.random.default_rng(0)
    chainrule.manual_seed(0)
    model = make().eval()
    for parameter in model.parameters():
        parameter.data = parameter.data + 0.1 * rng.standard_normal(parameter.shape).astype(np.float32)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.assign(rng.standard_normal(buffer.data.shape))
        if name.endswith("running_matrix"):             # of a covariance, so symmetric
            matrix = rng.standard_normal(buffer.data.shape)
            buffer.assign(matrix + matrix.swapaxes(-1, -2))
        if name.endswith("running_var"):
            buffer.assign(rng.uniform(0.5, 2, buffer.data.shape))
    several = isinstance(x, tuple) and not all(isinstance(size, int) for size in x)
    return model, numbers(x if several else (x,), rng)


def run(path, *x):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(path, options)
    given = [each for each in flatten(x) if each is not None]
    return session.run(None, dict(zip([each.name for each in session.get_inputs()], given, strict=True)))


def check(path, name, make, shape, batch_axis):
    model, x = made(make, shape)
    interchange.export_onnx(model, path, *x, batch_axis=BATCH_AXES.get(name, batch_axis))
    ours = flatten(model.forward(*x))
    for theirs, y in zip(run(path, *x), ours, strict=True):
        np.testing.assert_allclose(theirs, y, rtol=1e-5, atol=1e-5)
    given = tuple(each for each in x if each is not None)
    back = interchange.load_onnx(path).eval()
    inputs = flatten(given) if len(back.inputs) > len(given) else given
    for again, y in zip(flatten(back.forward(*inputs)), ours, strict=True):
        np.testing.assert_allclose(again, y, rtol=1e-5, atol=1e-5)
        assert again.shape == y.shape
    compare_gradients(model, back, ours)
    return model, back


def compare_gradients(model, back, ours):
    rng = np.random.default_rng(1)
    grads = [rng.standard_normal(y.shape).astype(np.float32) for y in ours]
    grad_out = grads[0] if len(grads) == 1 else tuple(grads)
    model.zero_grad()
    mine = [each for each in flatten(model.backward(grad_out)) if isinstance(each, np.ndarray)]
    theirs = [each for each in flatten(back.backward(grad_out)) if each is not None]
    for grad, again in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(again, grad, rtol=1e-4, atol=1e-5 * (1 + np.abs(grad).max(initial=0)))
    read = list(back.parameters())
    for name, parameter in model.named_parameters():
        if name.endswith(("_orig", "weight_g", "weight_v")):
            continue                                    # what a weight was computed from is not in the file
        same = [each for each in read if each.size == parameter.size
                and np.array_equal(each.data.ravel(), parameter.data.ravel())]
        assert len(same) == 1, name                     # a tied parameter comes back once
        np.testing.assert_allclose(same[0].grad.ravel(), parameter.grad.ravel(), rtol=1e-4,
                                   atol=1e-5 * (1 + np.abs(parameter.grad).max()))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_layer_round_trips_or_says_why_not(name, tmp_path):
    make, x, batch_axis = EXAMPLES[name]
    reason = reason_of(name)
    if reason is None:
        check(str(tmp_path / "m.onnx"), name, make, x, batch_axis)
        return
    model, inputs = made(make, x)
    with pytest.raises(interchange.OnnxError, match=reason[:20]):
        interchange.export_onnx(model, tmp_path / "m.onnx", *inputs, batch_axis=batch_axis)
    assert not (tmp_path / "m.onnx").exists()


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in ("mlp", "resnet", "gpt", "vit", "seq2seq")
                                               else pytest.mark.long) for name in ZOO])
def test_a_network_of_the_zoo_round_trips(name, tmp_path):
    make, shape, batch_axis = ZOO[name]
    path = str(tmp_path / "m.onnx")
    model, back = check(path, name, make, shape, batch_axis)
    _, x = made(make, shape)
    more = tuple(np.concatenate([each, each[:1]]) for each in x)        # the batch's size is free
    for theirs, y, again in zip(run(path, *more), flatten(model.forward(*more)), flatten(back.forward(*more)),
                                strict=True):
        np.testing.assert_allclose(theirs, y, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(again, y, rtol=1e-5, atol=1e-5)


def test_it_has_an_example_of_every_network_of_the_zoo():
    from chainrule.models import zoo
    assert {name.split(":")[0] for name in ZOO} >= set(zoo.__all__) - {"published"}     # drawings of large ones
