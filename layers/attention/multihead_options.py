"""What a call of multi-head attention may say beside query, key and value: masks and what to do with the weights."""

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..core import Array, Kept, Layer, Shape, total
from .masks import additive_mask, causal_mask, check_mask

__all__ = ["MultiheadOptions"]


class MultiheadOptions(NamedTuple):
    """The arguments behind query, key and value, in their order; in ``describe``, shapes in place of the masks."""

    key_padding_mask: Any = None
    need_weights: Any = True
    attn_mask: Any = None
    average_attn_weights: Any = True
    is_causal: Any = False

    def check(self, batch: int | None, heads: int, length: int, source: int, owner: Layer) -> None:
        """Raise unless the masks, or their shapes, fit; ``batch`` is None without a batch."""
        if self.key_padding_mask is not None:
            check_mask(self.key_padding_mask, (source,) if batch is None else (batch, source),
                       name="key_padding_mask", owner=owner)
        if self.attn_mask is not None:
            rows = heads if batch is None else batch * heads
            check_mask(self.attn_mask, (length, source), (rows, length, source), name="attn_mask", owner=owner)

    def bias(self, shape: Shape, extra: int, dtype: npt.DTypeLike) -> Array | None:
        """Return all masks as one that broadcasts to weights of a shape (N, H, L, S); ``extra`` keys are never hidden.

        A causal mask is only part of it where there are such keys.
        """
        batch, heads, length, source = shape[0], shape[1], shape[2], shape[3] - extra
        padding, mask = (None if each is None else additive_mask(each, dtype, true_means="ignore")
                         for each in (self.key_padding_mask, self.attn_mask))
        bias = total(None if padding is None else padding.reshape(batch, 1, 1, source),
                     mask if mask is None or mask.ndim == 2 else mask.reshape(batch, heads, length, source),
                     causal_mask(length, source, dtype) if self.is_causal and extra else None)
        if bias is None or not extra:
            return bias
        return np.concatenate([bias, np.zeros((*bias.shape[:-1], extra), dtype)], axis=-1)

    def kept(self, shape: Shape, extra: int) -> tuple[Kept, ...]:
        """Return the memory of ``bias``: that of the only mask (input 3 or 5) or its own."""
        padding, mask = self.key_padding_mask, self.attn_mask
        batch, heads, length, source = shape
        if padding is None and mask is None:
            return ()
        if not extra and (padding is None or mask is None):
            return (Kept("x3", prod(padding)) if mask is None else Kept("x5", prod(mask)),)
        whole = np.broadcast_shapes(() if padding is None else (batch, 1, 1, source), () if mask is None else (
            (length, source) if len(mask) == 2 else (batch, heads, length, source)))
        return (Kept("bias", prod(whole)),)
