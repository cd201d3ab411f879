"""The vision transformer: an image as a sequence of patches."""

from ...layers import ClassToken, Conv2d, Dropout, Flatten, LayerNorm, LearnedPositions, Linear, Take, Transpose
from ...layers.core import Share, Size, ValueRangeError
from ..sequential import Sequential
from ..transformer import TransformerEncoder, TransformerEncoderLayer

__all__ = ["vit"]


def vit(num_classes: Size = 10, in_channels: Size = 3, image_size: Size = 32, patch_size: Size = 4,
        num_layers: Size = 6, num_heads: Size = 4, hidden_dim: Size = 128, mlp_dim: Size = 256,
        dropout: Share = 0.0) -> Sequential:
    """Return a vision transformer: patches and a class token through an encoder; the token's output is classified.

    A patch becomes a vector by one affine map, the same for all: a convolution as wide as its stride. Norms stand in
    front of attention and of the affine layers. ViT-B/16 is ``vit(1000, image_size=224, patch_size=16, num_layers=12,
    num_heads=12, hidden_dim=768, mlp_dim=3072)``.

    Shapes:
        x: (N, in_channels, image_size, image_size)
        y: (N, num_classes)

    Raises: ValueRangeError unless ``patch_size`` divides ``image_size``.

    Source: Dosovitskiy et al. 2021, equations 1 to 4; names as in torchvision.

    Example:
        >>> from chainrule.models.zoo import vit
        >>> vit(image_size=8, patch_size=2, num_layers=1).forward(np.zeros((5, 3, 8, 8), np.float32)).shape
        (5, 10)
    """
    if image_size % patch_size:
        raise ValueRangeError(f"vit expected a patch_size that divides image_size={image_size}, got {patch_size}")
    layer = TransformerEncoderLayer(hidden_dim, num_heads, mlp_dim, dropout, "gelu", 1e-6, batch_first=True,
                                    norm_first=True)
    return Sequential(
        Conv2d(in_channels, hidden_dim, patch_size, stride=patch_size), Flatten(2), Transpose(1, 2),  # (N, L, features)
        ClassToken(hidden_dim), LearnedPositions((image_size // patch_size)**2 + 1, hidden_dim), Dropout(dropout),
        TransformerEncoder(layer, num_layers, LayerNorm(hidden_dim, 1e-6)),
        Take(0, 1), Linear(hidden_dim, num_classes))
