"""The decoder of a Transformer: decoder layers one after the other, all with the same memory."""

from typing import Any

from ...layers.core import Array, Layer, Size
from .block import with_given
from .decoder_layer import DecoderLayerOptions
from .stack import TransformerStack

__all__ = ["TransformerDecoder"]


class TransformerDecoder(TransformerStack):
    """``num_layers`` copies of a decoder layer one after the other, and a norm if there is one.

    Shapes:
        tgt, y: (L, N, d_model)    memory: (S, N, d_model)    with ``batch_first`` N first, without a batch no N
        tgt_mask: (L, L), memory_mask: (L, S), or (N * nhead, …)    tgt_key_padding_mask: (N, L), memory's: (N, S)

    Gradients:
        (grad_tgt, grad_memory): layer.backward from the last layer to the first, where every layer adds to the
        memory's; None for masks given by position

    Cost: num_layers times that of a layer.

    Source: Vaswani et al. 2017, section 3.1; torch.nn.TransformerDecoder.

    Example:
        >>> decoder = TransformerDecoder(TransformerDecoderLayer(8, 2, 16), num_layers=2)
        >>> decoder.forward(np.ones((5, 3, 8), np.float32), np.ones((7, 3, 8), np.float32), tgt_is_causal=True).shape
        (5, 3, 8)
    """

    def __init__(self, decoder_layer: Layer, num_layers: Size, norm: Layer | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(self, tgt: Array, memory: Array, *given: Any, **named: Any) -> Array:
        *masks, tgt_is_causal, memory_is_causal = DecoderLayerOptions(*given, **named)
        context = (memory, *self.numbers(masks, tgt), bool(tgt_is_causal), bool(memory_is_causal))
        return self.run(tgt, context, len(given))

    def backward(self, grad_out: Array) -> tuple[Array | None, ...] | None:
        grads = self.run_back(grad_out)
        return (*grads, *(None,) * self.cache.given) if self.needs_input_grad else None

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        grads, dots = zip(*self.run_back_jvp(grad_out, grad_out_dot), strict=True)
        return with_given(grads, self.cache.given), with_given(dots, self.cache.given)
