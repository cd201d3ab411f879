"""The encoder of a Transformer: encoder layers one after the other."""

from typing import Any, NamedTuple

from ...layers.core import Array, Layer, Size
from .block import with_given
from .stack import TransformerStack

__all__ = ["TransformerEncoder"]


class EncoderOptions(NamedTuple):
    """The arguments of ``forward`` behind ``src``, in their order."""

    mask: Any = None
    src_key_padding_mask: Any = None
    is_causal: Any = None


class TransformerEncoder(TransformerStack):
    """``num_layers`` copies of an encoder layer one after the other, and a norm if there is one.

    Shapes:
        src, y: (L, N, d_model), with ``batch_first`` (N, L, d_model), without a batch (L, d_model)
        mask: (L, L) or (N * nhead, L, L)       src_key_padding_mask: (N, L); True or -inf hides

    Gradients:
        grad = layer.backward(grad), from the last layer to the first; None for masks given by position

    Cost: num_layers times that of a layer. ``enable_nested_tensor`` and ``mask_check`` are torch's and change nothing.

    Source: Vaswani et al. 2017, section 3.1; torch.nn.TransformerEncoder.

    Example:
        >>> encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, 16), num_layers=2)
        >>> encoder.forward(np.ones((5, 3, 8), np.float32), is_causal=True).shape
        (5, 3, 8)
    """

    def __init__(self, encoder_layer: Layer, num_layers: Size, norm: Layer | None = None,
                 enable_nested_tensor: bool = True, mask_check: bool = True) -> None:
        super().__init__(encoder_layer, num_layers, norm)
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check

    def forward(self, src: Array, *given: Any, **named: Any) -> Array:
        mask, padding, is_causal = EncoderOptions(*given, **named)
        return self.run(src, (*self.numbers((mask, padding), src), bool(is_causal)), len(given))

    def backward(self, grad_out: Array) -> Any:
        grad_src, _ = self.run_back(grad_out)
        given = self.cache.given
        return (grad_src, *(None,) * given) if given else grad_src

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        pair, _ = self.run_back_jvp(grad_out, grad_out_dot)
        return with_given(pair[:1], self.cache.given), with_given(pair[1:], self.cache.given)
