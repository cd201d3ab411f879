"""The Transformer: an encoder reads one sequence, a decoder writes another while looking at what was read."""

from typing import Any, NamedTuple

import numpy as np

from ...layers.attention.masks import causal_mask
from ...layers.core import (
    Array,
    Description,
    Entry,
    Epsilon,
    Layer,
    Shape,
    Share,
    Size,
    Tally,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
)
from ...layers.init import xavier_uniform_
from ...layers.norms import LayerNorm
from ..model import Model, check_layers, spread, trains
from .block import with_given
from .decoder import TransformerDecoder
from .decoder_layer import TransformerDecoderLayer
from .encoder import TransformerEncoder
from .encoder_layer import TransformerEncoderLayer

__all__ = ["Transformer"]


class TransformerOptions(NamedTuple):
    """The arguments of ``forward`` behind ``src`` and ``tgt``, in their order."""

    src_mask: Any = None
    tgt_mask: Any = None
    memory_mask: Any = None
    src_key_padding_mask: Any = None
    tgt_key_padding_mask: Any = None
    memory_key_padding_mask: Any = None
    src_is_causal: Any = None
    tgt_is_causal: Any = None
    memory_is_causal: Any = False


class TransformerCache(NamedTuple):
    """The calls of both halves, and how many masks and flags were given by position."""

    encoder: Entry
    decoder: Entry
    given: int


class Transformer(Model):
    """Encoder and decoder, ``y = decoder(tgt, encoder(src))``.

    Shapes:
        src: (S, N, d_model)    tgt, y: (L, N, d_model)    with ``batch_first`` N first, without a batch no N
        masks: src_mask (S, S), tgt_mask (L, L), memory_mask (L, S), or (N * nhead, …); paddings (N, S), (N, L), (N, S)

    Gradients:
        grad_tgt, grad_memory = decoder.backward(grad_out)
        grad_src = encoder.backward(grad_memory); None for masks given by position

    Source: Vaswani et al. 2017, figure 1, without embeddings; torch.nn.Transformer. All matrices start as Glorot's.

    Example:
        >>> model = Transformer(8, 2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16)
        >>> mask = Transformer.generate_square_subsequent_mask(5)
        >>> model.forward(np.ones((7, 3, 8), np.float32), np.ones((5, 3, 8), np.float32), tgt_mask=mask).shape
        (5, 3, 8)
    """

    def __init__(self, d_model: Size = 512, nhead: Size = 8, num_encoder_layers: Size = 6, num_decoder_layers: Size = 6,
                 dim_feedforward: Size = 2048, dropout: Share = 0.1, activation: str | Layer = "relu",
                 custom_encoder: Layer | None = None, custom_decoder: Layer | None = None,
                 layer_norm_eps: Epsilon = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True,
                 *, rng: np.random.Generator | None = None) -> None:
        check_layers([each for each in (custom_encoder, custom_decoder) if each is not None], "Transformer")
        options = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        if custom_encoder is None:
            layer, norm = TransformerEncoderLayer(*options, rng=rng), LayerNorm(d_model, layer_norm_eps, bias=bias)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            last, norm = TransformerDecoderLayer(*options, rng=rng), LayerNorm(d_model, layer_norm_eps, bias=bias)
            custom_decoder = TransformerDecoder(last, num_decoder_layers, norm)
        self.decoder = custom_decoder
        for parameter in self.parameters():
            if len(parameter.shape) > 1:
                xavier_uniform_(parameter, rng=rng)
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def forward(self, src: Array, tgt: Array, *given: Any, **named: Any) -> Array:
        self.cache = None
        asked = TransformerOptions(*given, **named)
        memory, encoder = call(self.encoder, src, asked.src_mask, asked.src_key_padding_mask, asked.src_is_causal,
                               at=(self, "encoder"))
        y, decoder = call(self.decoder, tgt, memory, asked.tgt_mask, asked.memory_mask, asked.tgt_key_padding_mask,
                          asked.memory_key_padding_mask, asked.tgt_is_causal, asked.memory_is_causal,
                          at=(self, "decoder"))
        self.cache = TransformerCache(encoder, decoder, len(given))
        return np.asarray(y)

    def backward(self, grad_out: Array) -> tuple[Array | None, ...] | None:
        encoder, decoder, given = self.saved()
        wanted = self.needs_input_grad or trains(self.encoder)
        grads = call_back(self.decoder, decoder, grad_out, at=(self, "decoder"), needs_input_grad=wanted)
        if not wanted:
            return None
        grad_tgt, grad_memory, *_ = grads
        grad_src, *_ = call_back(self.encoder, encoder, grad_memory, at=(self, "encoder"),
                                 needs_input_grad=self.needs_input_grad)
        return (grad_src, grad_tgt, *(None,) * given) if self.needs_input_grad else None

    def jvp(self, src_dot: Any, tgt_dot: Any, *_: None) -> Any:
        entries = self.point()
        memory_dot, read = call_jvp(self.encoder, entries.encoder, src_dot, at=(self, "encoder"))
        y_dot, written = call_jvp(self.decoder, entries.decoder, tgt_dot, memory_dot, at=(self, "decoder"))
        self.tangent = (read, written)
        return y_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        (encoder, decoder, given), (read, written) = self.saved(), self.saved_tangent()
        grads, dots = call_back_jvp(self.decoder, decoder, written, grad_out, grad_out_dot, at=(self, "decoder"))
        sources = call_back_jvp(self.encoder, encoder, read, grads[1], dots[1], at=(self, "encoder"))
        grad_src, grad_src_dot = (spread(each)[0] for each in sources)
        return with_given((grad_src, grads[0]), given), with_given((grad_src_dot, dots[0]), given)

    def describe(self, *x_shapes: Shape) -> Description:
        """The two halves added up."""
        tally = Tally(self, x_shapes)
        tally.shapes["none"], tally.fields["none"], tally.memory["none"] = (), (), "none"
        asked = TransformerOptions(*tally.inputs[2:])._asdict()
        named = {key: name or "none" for key, name in asked.items()}
        memory = tally.add("encoder", self.encoder, ("x0", named["src_mask"], named["src_key_padding_mask"]))
        masks = ("tgt_mask", "memory_mask", "tgt_key_padding_mask", "memory_key_padding_mask")
        return tally.result(tally.add("decoder", self.decoder, ("x1", *memory, *(named[mask] for mask in masks))))

    @staticmethod
    def generate_square_subsequent_mask(sz: int) -> Array:
        """Return the mask (sz, sz) that hides from every place those behind it: -inf above the diagonal, else 0."""
        return causal_mask(sz, sz, np.float32)
