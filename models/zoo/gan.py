"""Generative adversarial networks: a generator with a discriminator behind it, and a convolutional pair."""

from ...layers import BatchNorm2d, Conv2d, ConvTranspose2d, Flatten, LeakyReLU, Linear, ReLU, Sigmoid, Unflatten, init
from ...layers.core import Layer, Size, ValueRangeError
from ..graph import Graph
from ..sequential import Sequential

__all__ = ["dcgan_discriminator", "dcgan_generator", "gan"]


def gan(generator: Layer, discriminator: Layer) -> Graph:
    """Return generator and discriminator as one network, which scores what it makes of noise.

    Shapes:
        noise: (N, latent)
        y:     (N, 1), the discriminator's scores

    Source: Goodfellow et al. 2014.

    Example:
        >>> from chainrule.models.zoo import gan
        >>> gan(mlp([2, 8, 3]), mlp([3, 8, 1], lambda: LeakyReLU(0.2))).forward(np.zeros((5, 2), np.float32)).shape
        (5, 1)
    """
    return Graph(["noise"], {"generator": (generator, "noise"), "discriminator": (discriminator, "generator")},
                 ["discriminator"])


def dcgan_generator(latent: Size = 16, channels: Size = 1, width: Size = 16, image_size: Size = 8) -> Sequential:
    """Return a convolutional generator: two transposed convolutions double the picture from a quarter of its size.

    Shapes:
        noise: (N, latent)
        y:     (N, channels, image_size, image_size), from 0 to 1

    Raises: ValueRangeError for an image_size that four does not divide.

    Source: Radford, Metz & Chintala 2016, figure 1, smaller; there tanh, for pictures from -1 to 1.

    Example:
        >>> from chainrule.models.zoo import dcgan_generator
        >>> dcgan_generator().forward(np.zeros((5, 16), np.float32)).shape
        (5, 1, 8, 8)
    """
    side = _quarter(image_size)
    return _drawn_anew(Sequential(
        Linear(latent, 2 * width * side**2, bias=False), Unflatten(1, (2 * width, side, side)),
        BatchNorm2d(2 * width), ReLU(),
        ConvTranspose2d(2 * width, width, 4, stride=2, padding=1, bias=False), BatchNorm2d(width), ReLU(),
        ConvTranspose2d(width, channels, 4, stride=2, padding=1), Sigmoid()))


def dcgan_discriminator(channels: Size = 1, width: Size = 16, image_size: Size = 8,
                        batch_norm: bool = True) -> Sequential:
    """Return a convolutional discriminator: two strided convolutions, then one score.

    Without ``batch_norm`` it is a critic for WGAN-GP, whose penalty is on the slope of each sample alone.

    Shapes:
        x: (N, channels, image_size, image_size)
        y: (N, 1), the score: a logit

    Raises: ValueRangeError for an image_size that four does not divide.

    Source: Radford, Metz & Chintala 2016.

    Example:
        >>> from chainrule.models.zoo import dcgan_discriminator
        >>> dcgan_discriminator().forward(np.zeros((5, 1, 8, 8), np.float32)).shape
        (5, 1)
    """
    side = _quarter(image_size)
    return _drawn_anew(Sequential(
        Conv2d(channels, width, 4, stride=2, padding=1), LeakyReLU(0.2),
        Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=not batch_norm),
        *([BatchNorm2d(2 * width)] if batch_norm else []), LeakyReLU(0.2), Flatten(), Linear(2 * width * side**2, 1)))


def _quarter(image_size: int) -> int:
    if image_size < 4 or image_size % 4:
        raise ValueRangeError(f"dcgan expected image_size as a multiple of 4, got {image_size}")
    return image_size // 4


def _drawn_anew(model: Sequential) -> Sequential:
    """Draw the weights of all linear maps from a normal distribution of deviation 0.02, as the paper does."""
    for layer in model:
        if isinstance(layer, (Linear, Conv2d, ConvTranspose2d)):
            init.normal_(layer.weight, std=0.02)
    return model
