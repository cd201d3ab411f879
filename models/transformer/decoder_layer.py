"""The decoder layer of a Transformer: every place looks at those before it, at the memory, then thinks for itself."""

from typing import Any, ClassVar, NamedTuple

import numpy as np

from ...layers.attention import MultiheadAttention
from ...layers.core import Array, Description, Epsilon, Layer, Shape, Share, Size, Tally
from ...layers.dropout import Dropout
from ...layers.linear import Linear
from ...layers.norms import LayerNorm
from .block import Branch, BranchMasks, TransformerBlock, activation_layer, with_given

__all__ = ["TransformerDecoderLayer"]


class DecoderLayerOptions(NamedTuple):
    """The arguments of ``forward`` behind ``tgt`` and ``memory``, in their order."""

    tgt_mask: Any = None
    memory_mask: Any = None
    tgt_key_padding_mask: Any = None
    memory_key_padding_mask: Any = None
    tgt_is_causal: Any = False
    memory_is_causal: Any = False

    def masks(self) -> tuple[BranchMasks, BranchMasks]:
        """Return the masks of the self-attention and those of the attention to the memory."""
        return (BranchMasks(self.tgt_mask, self.tgt_key_padding_mask, self.tgt_is_causal),
                BranchMasks(self.memory_mask, self.memory_key_padding_mask, self.memory_is_causal))


class TransformerDecoderLayer(TransformerBlock):
    """Self-attention, attention to a memory, and a network of two layers at each place, each with its norm.

    ``x = norm1(tgt + dropout1(self_attn(tgt, tgt, tgt)))``,
    ``x = norm2(x + dropout2(multihead_attn(x, memory, memory)))``,
    ``y = norm3(x + dropout3(linear2(dropout(activation(linear1(x))))))``; norms come first with ``norm_first``.

    Shapes:
        tgt, y: (L, N, d_model)    memory: (S, N, d_model)    with ``batch_first`` N first, without a batch no N
        tgt_mask: (L, L), memory_mask: (L, S), or (N * nhead, …)    tgt_key_padding_mask: (N, L), memory's: (N, S)

    Gradients:
        (grad_tgt, grad_memory): each branch back and the way around it added, as TransformerBlock; the memory gets what
        keys and values of multihead_attn get; None for masks given by position

    Source: Vaswani et al. 2017, section 3.1; torch.nn.TransformerDecoderLayer.

    Example:
        >>> layer = TransformerDecoderLayer(8, 2, dim_feedforward=16, batch_first=True)
        >>> layer.forward(np.ones((3, 5, 8), np.float32), np.ones((3, 7, 8), np.float32), tgt_is_causal=True).shape
        (3, 5, 8)
    """

    branches: ClassVar[tuple[Branch, ...]] = (
        Branch("norm1", ("self_attn", "dropout1"), attends="x"),
        Branch("norm2", ("multihead_attn", "dropout2"), attends="memory"),
        Branch("norm3", ("linear1", "activation", "dropout", "linear2", "dropout3")))

    def __init__(self, d_model: Size, nhead: Size, dim_feedforward: Size = 2048, dropout: Share = 0.1,
                 activation: str | Layer = "relu", layer_norm_eps: Epsilon = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, bias: bool = True, *, rng: np.random.Generator | None = None) -> None:
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, rng=rng)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, rng=rng)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng=rng)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng=rng)
        self.norm_first = norm_first
        self.norm1, self.norm2, self.norm3 = (LayerNorm(d_model, layer_norm_eps, bias=bias) for _ in range(3))
        self.dropout1, self.dropout2, self.dropout3 = (Dropout(dropout, rng=rng) for _ in range(3))
        self.activation = activation_layer(activation, "TransformerDecoderLayer")

    def forward(self, tgt: Array, memory: Array, *given: Any, **named: Any) -> Array:
        return self.run(tgt, memory, DecoderLayerOptions(*given, **named).masks(), len(given))

    def backward(self, grad_out: Array) -> tuple[Array | None, ...] | None:
        grads = self.run_back(grad_out)
        return (*grads, *(None,) * self.cache.given) if self.needs_input_grad else None

    def jvp(self, tgt_dot: Any, memory_dot: Any, *_: None) -> Any:
        return self.run_jvp(tgt_dot, memory_dot)

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        grads, dots = zip(*self.run_back_jvp(grad_out, grad_out_dot), strict=True)
        return with_given(grads, self.cache.given), with_given(dots, self.cache.given)

    def describe(self, *x_shapes: Shape) -> Description:
        """Its sub-layers' own descriptions added up."""
        tally = Tally(self, x_shapes)
        return self.tally(tally, "x0", "x1", DecoderLayerOptions(*tally.inputs[2:]).masks())
