"""The Transformer and its parts: layers of attention and small networks, stacked."""

from .decoder import TransformerDecoder
from .decoder_layer import TransformerDecoderLayer
from .encoder import TransformerEncoder
from .encoder_layer import TransformerEncoderLayer
from .transformer import Transformer

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]
