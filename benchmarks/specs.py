"""Networks in the words of no library: a layer is one of these records, and a network a tuple of them.

The names of weights are those of a PyTorch state dict, which are ours too; other libraries read them by name.
"""

from dataclasses import dataclass, field

import numpy as np

__all__ = ["GRU", "LSTM", "Attention", "AvgPool", "BatchNorm", "Block", "Conv", "Embedding", "Flatten", "LayerNorm",
           "Linear", "MaxPool", "Network", "Positions", "ReLU", "Residual", "Sigmoid", "Spec", "initial", "shapes"]

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Spec:
    """A layer and its sizes."""

    def state(self) -> Shapes:
        """Return the shape of every array of the layer's state dict."""
        return {}


Network = tuple[Spec, ...]


@dataclass(frozen=True)
class Linear(Spec):
    inputs: int
    outputs: int

    def state(self) -> Shapes:
        return {"weight": (self.outputs, self.inputs), "bias": (self.outputs,)}


@dataclass(frozen=True)
class Conv(Spec):
    inputs: int
    outputs: int
    kernel: int
    stride: int = field(default=1, kw_only=True)
    padding: int = field(default=0, kw_only=True)
    groups: int = field(default=1, kw_only=True)
    bias: bool = field(default=True, kw_only=True)

    def state(self) -> Shapes:
        weight = {"weight": (self.outputs, self.inputs // self.groups, self.kernel, self.kernel)}
        return weight | {"bias": (self.outputs,)} if self.bias else weight


@dataclass(frozen=True)
class BatchNorm(Spec):
    channels: int

    def state(self) -> Shapes:
        names = ("weight", "bias", "running_mean", "running_var")
        return dict.fromkeys(names, (self.channels,)) | {"num_batches_tracked": ()}


@dataclass(frozen=True)
class LayerNorm(Spec):
    width: int

    def state(self) -> Shapes:
        return {"weight": (self.width,), "bias": (self.width,)}


@dataclass(frozen=True)
class ReLU(Spec):
    pass


@dataclass(frozen=True)
class Sigmoid(Spec):
    pass


@dataclass(frozen=True)
class MaxPool(Spec):
    size: int


@dataclass(frozen=True)
class AvgPool(Spec):
    size: int


@dataclass(frozen=True)
class Flatten(Spec):
    """All axes into one from ``start`` to ``end``, these included."""

    start: int = 1
    end: int = -1


@dataclass(frozen=True)
class Residual(Spec):
    """``branch(x) + shortcut(x)``; an empty shortcut is ``x`` itself."""

    branch: Network
    shortcut: Network = ()

    def state(self) -> Shapes:
        return shapes(self.branch, "branch.") | shapes(self.shortcut, "shortcut.")


@dataclass(frozen=True)
class Embedding(Spec):
    count: int
    width: int

    def state(self) -> Shapes:
        return {"weight": (self.count, self.width)}


@dataclass(frozen=True)
class Positions(Spec):
    """A learned vector added to each place of ``(N, T, width)``."""

    length: int
    width: int

    def state(self) -> Shapes:
        return {"weight": (self.length, self.width)}


@dataclass(frozen=True)
class LSTM(Spec):
    """``(T, N, inputs)`` to the hidden state after the last step, ``(1, N, hidden)``."""

    inputs: int
    hidden: int
    gates = 4

    def state(self) -> Shapes:
        rows = self.gates * self.hidden
        return {"0.weight_ih_l0": (rows, self.inputs), "0.weight_hh_l0": (rows, self.hidden),
                "0.bias_ih_l0": (rows,), "0.bias_hh_l0": (rows,)}


@dataclass(frozen=True)
class GRU(LSTM):
    gates = 3


@dataclass(frozen=True)
class Attention(Spec):
    """Scaled dot products of three inputs ``(N, heads, T, width)``; nobody looks ahead."""


@dataclass(frozen=True)
class Block(Spec):
    """A causal Transformer layer of ``(N, T, width)``, norms first, GELU, without dropout."""

    width: int
    heads: int
    hidden: int

    def state(self) -> Shapes:
        width, hidden = self.width, self.hidden
        return {"self_attn.in_proj_weight": (3 * width, width), "self_attn.in_proj_bias": (3 * width,),
                "self_attn.out_proj.weight": (width, width), "self_attn.out_proj.bias": (width,),
                "linear1.weight": (hidden, width), "linear1.bias": (hidden,),
                "linear2.weight": (width, hidden), "linear2.bias": (width,),
                "norm1.weight": (width,), "norm1.bias": (width,), "norm2.weight": (width,), "norm2.bias": (width,)}


def shapes(network: Network, prefix: str = "") -> Shapes:
    """Return the shape of every array of a network's state dict; layers are numbered from 0."""
    return {f"{prefix}{index}.{name}": shape for index, spec in enumerate(network)
            for name, shape in spec.state().items()}


def initial(network: Network, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the state dict that every library starts from."""
    state: dict[str, np.ndarray] = {}
    for name, shape in shapes(network).items():
        if name.endswith("num_batches_tracked"):
            state[name] = np.zeros(shape, np.int64)
        elif name.endswith(("running_mean", "running_var")):
            state[name] = np.full(shape, name.endswith("var"), np.float32)
        elif len(shape) == 1:       # biases near 0, factors of a norm near 1
            noise = 0.1 * rng.standard_normal(shape)
            state[name] = (noise + name.endswith("weight")).astype(np.float32)
        else:
            fan_in = int(np.prod(shape[1:]))
            state[name] = (rng.standard_normal(shape) * np.sqrt(1 / fan_in)).astype(np.float32)
    return state
