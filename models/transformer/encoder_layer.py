"""The encoder layer of a Transformer: every place looks at all others, then thinks for itself."""

from typing import Any, ClassVar, NamedTuple

import numpy as np

from ...layers.attention import MultiheadAttention
from ...layers.core import Array, Description, Epsilon, Layer, Shape, Share, Size, Tally
from ...layers.dropout import Dropout
from ...layers.linear import Linear
from ...layers.norms import LayerNorm
from .block import Branch, BranchMasks, TransformerBlock, activation_layer, with_given

__all__ = ["TransformerEncoderLayer"]


class EncoderLayerOptions(NamedTuple):
    """The arguments of ``forward`` behind ``src``, in their order."""

    src_mask: Any = None
    src_key_padding_mask: Any = None
    is_causal: Any = False


class TransformerEncoderLayer(TransformerBlock):
    """Self-attention and a network of two layers at each place, ``x = norm1(src + attention)``, ``norm2(x + network)``.

    ``attention = dropout1(self_attn(src, src, src))``,
    ``network = dropout2(linear2(dropout(activation(linear1(x)))))``; with ``norm_first`` the norms stand before both.

    Shapes:
        src, y: (L, N, d_model), with ``batch_first`` (N, L, d_model), without a batch (L, d_model)
        src_mask: (L, L) or (N * nhead, L, L)       src_key_padding_mask: (N, L); True or -inf hides

    Gradients:
        each branch back and the way around it added, as TransformerBlock; None for masks given by position

    Cost: 4·d_model² + 2·d_model·dim_feedforward + 2·L·d_model multiply-adds for each place.

    Source: Vaswani et al. 2017, section 3.1; torch.nn.TransformerEncoderLayer.

    Example:
        >>> layer = TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
        >>> layer.forward(np.ones((3, 5, 8), np.float32)).shape
        (3, 5, 8)
    """

    branches: ClassVar[tuple[Branch, ...]] = (
        Branch("norm1", ("self_attn", "dropout1"), attends="x"),
        Branch("norm2", ("linear1", "activation", "dropout", "linear2", "dropout2")))

    def __init__(self, d_model: Size, nhead: Size, dim_feedforward: Size = 2048, dropout: Share = 0.1,
                 activation: str | Layer = "relu", layer_norm_eps: Epsilon = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, bias: bool = True, *, rng: np.random.Generator | None = None) -> None:
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, rng=rng)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng=rng)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng=rng)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1 = Dropout(dropout, rng=rng)
        self.dropout2 = Dropout(dropout, rng=rng)
        self.activation = activation_layer(activation, "TransformerEncoderLayer")

    def forward(self, src: Array, *given: Any, **named: Any) -> Array:
        options = EncoderLayerOptions(*given, **named)
        return self.run(src, None, (BranchMasks(*options),), len(given))

    def backward(self, grad_out: Array) -> Any:
        grad_src, _ = self.run_back(grad_out)
        given = self.cache.given
        return (grad_src, *(None,) * given) if given else grad_src

    def jvp(self, src_dot: Any, *_: None) -> Any:
        return self.run_jvp(src_dot, None)

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        pair, _ = self.run_back_jvp(grad_out, grad_out_dot)
        return with_given(pair[:1], self.cache.given), with_given(pair[1:], self.cache.given)

    def describe(self, *x_shapes: Shape) -> Description:
        """Its sub-layers' own descriptions added up."""
        tally = Tally(self, x_shapes)
        return self.tally(tally, "x0", "", (BranchMasks(*EncoderLayerOptions(*tally.inputs[1:])),))
