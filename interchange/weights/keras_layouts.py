"""Keras's layers beside ours: which of their variables is which parameter, and how its axes are turned."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ... import layers
from ...layers.core import Array, Layer, Observer, Shape, ShapeError, call_describe, observe
from .keras_reading import Variables

__all__ = ["from_keras"]

State: TypeAlias = dict[str, Array]
Turn: TypeAlias = Callable[[Any, Sequence[Array]], State]


def from_keras(model: Layer, found: Sequence[Variables], input_shape: Shape | None = None) -> State:
    """Return the variables under the names and in the layout of our state dict, kind by kind in order.

    Where ``Flatten`` stands between pictures and a ``Linear``, Keras counts channels last; ``input_shape`` says how
    large the pictures are.

    Raises: ShapeError where layers have no counterpart, or where ``input_shape`` is wanted.

    Example:
        >>> from chainrule.interchange.weights.keras_layouts import from_keras
        >>> from chainrule.interchange.weights.keras_reading import Variables
        >>> from_keras(Linear(3, 2), [Variables("dense", 0, (np.ones((3, 2)), np.zeros(2)))])["weight"].shape
        (2, 3)
    """
    waiting = {kind: iter([each for each in found if each.kind == kind]) for kind in {each.kind for each in found}}
    pictures, state = _flattened(model, input_shape), State()
    for path, layer in model.named_layers():
        kind, turn = next(((kind, turn) for ours, kind, turn in _LAYERS if isinstance(layer, ours)), ("", None))
        if isinstance(layer, layers.Conv2d) and 1 < layer.groups == layer.in_channels:
            kind, turn = "depthwise_conv2d", _depthwise
        theirs = next(waiting.get(kind, iter(())), None)
        if turn is not None and theirs is not None:
            for name, array in turn(layer, theirs.arrays).items():
                shape = pictures.get(path) if name == "weight" else None
                state[f"{path}.{name}".lstrip(".")] = array if shape is None else _channels_first(array, shape)
    left = [f"{each.kind}_{each.number}" for rest in waiting.values() for each in rest]
    if left:
        raise ShapeError(f"import_weights found Keras layers that {type(model).__name__} has none for: "
                         f"{', '.join(left)}; make the network as it was made there")
    return state


def _affine(layer: Any, arrays: Sequence[Array]) -> State:
    """Scale and shift, and of batch norms the running statistics behind them."""
    names = ["weight", "bias"] if getattr(layer, "weight", None) is not None else []
    names += ["running_mean", "running_var"] if hasattr(layer, "running_mean") else []
    counter = {"num_batches_tracked": np.zeros((), np.int64)} if hasattr(layer, "num_batches_tracked") else {}
    return dict(zip(names, arrays, strict=False)) | counter


def _turned(*axes: int) -> Turn:
    """A kernel whose axes are put in this order, and a bias."""
    return lambda layer, arrays: dict(zip(("weight", "bias"), (arrays[0].transpose(axes), *arrays[1:]), strict=False))


def _depthwise(layer: Any, arrays: Sequence[Array]) -> State:
    kernel = arrays[0].transpose(2, 3, 0, 1)        # (kH, kW, C, multiplier) -> (C, multiplier, kH, kW)
    return dict(zip(("weight", "bias"), (kernel.reshape(-1, 1, *kernel.shape[2:]), *arrays[1:]), strict=False))


def _recurrent(*order: int) -> Turn:
    """Kernel and recurrent kernel with their gates in this order; a bias for both, or one for each."""
    def turn(layer: Any, arrays: Sequence[Array]) -> State:
        def sorted_gates(array: Array) -> Array:
            return np.concatenate([np.split(array, len(order), axis=-1)[gate] for gate in order], axis=-1)

        if layer.num_layers > 1 or layer.bidirectional:
            raise ShapeError(f"import_weights expected {layer.title} of one layer and direction, as Keras has them; "
                             f"put one behind the other")
        kernel, recurrent, *bias = map(sorted_gates, arrays)
        state = {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T}
        if bias:
            inward, outward = bias[0] if bias[0].ndim == 2 else (bias[0], np.zeros_like(bias[0]))
            state |= {"bias_ih_l0": inward, "bias_hh_l0": outward}
        return state

    return turn


_LAYERS: tuple[tuple[type[Layer] | tuple[type[Layer], ...], str, Turn], ...] = (
    (layers.Linear, "dense", _turned(1, 0)),
    (layers.Conv1d, "conv1d", _turned(2, 1, 0)),                    # (k, C, O) -> (O, C, k)
    (layers.Conv2d, "conv2d", _turned(3, 2, 0, 1)),
    (layers.Conv3d, "conv3d", _turned(4, 3, 0, 1, 2)),
    (layers.ConvTranspose1d, "conv1d_transpose", _turned(2, 1, 0)),         # (k, O, C) -> (C, O, k)
    (layers.ConvTranspose2d, "conv2d_transpose", _turned(3, 2, 0, 1)),
    (layers.Embedding, "embedding", _turned(0, 1)),
    ((layers.BatchNorm1d, layers.BatchNorm2d, layers.BatchNorm3d, layers.SyncBatchNorm),
     "batch_normalization", _affine),
    (layers.LayerNorm, "layer_normalization", _affine),
    (layers.GroupNorm, "group_normalization", _affine),
    (layers.RNN, "simple_rnn", _recurrent(0)),
    (layers.LSTM, "lstm", _recurrent(0, 1, 2, 3)),                  # i, f, g, o in both
    (layers.GRU, "gru", _recurrent(1, 0, 2)),                       # z, r, n -> r, z, n
)


class _Shapes(Observer):
    """Notes the shape of pictures that are flattened, by the address of the Linear that sees them next."""

    def __init__(self) -> None:
        self.last: Shape = ()
        self.seen: dict[str, Shape] = {}

    def after_describe(self, path: tuple[str, ...], layer: Layer, x_shapes: Any, description: Any, before: Any) -> None:
        if isinstance(layer, layers.Flatten):
            self.last = x_shapes[0][1:]
        elif isinstance(layer, layers.Linear):
            if len(self.last) > 1:
                self.seen[".".join(path)] = self.last
            self.last = ()


def _flattened(model: Layer, input_shape: Shape | None) -> dict[str, Shape]:
    """Return the shapes of the pictures that Linear layers see flattened, by the path of the layer."""
    kinds = [type(layer) for _, layer in model.named_layers()]
    if layers.Flatten not in kinds:
        return {}
    if input_shape is None:
        raise ShapeError(f"import_weights expected input_shape=, such as (1, 3, 32, 32), since {type(model).__name__} "
                         f"flattens pictures, whose channels come last in Keras")
    with observe(shapes := _Shapes()):
        call_describe(model, input_shape)
    return shapes.seen


def _channels_first(weight: Array, shape: Shape) -> Array:
    """Turn the columns of a weight from pictures (H, W, C) to pictures (C, H, W)."""
    if weight.shape[1] != int(np.prod(shape)):
        return weight                                   # which will be found misshaped
    columns = weight.reshape(len(weight), *shape[1:], shape[0])
    return np.moveaxis(columns, -1, 1).reshape(weight.shape)
