"""The variational autoencoder: a code that is a distribution, so that new codes can be drawn."""

from collections.abc import Callable, Sequence

from ...layers import GaussianSampling, Linear, ReLU
from ...layers.core import Layer, Size
from ..graph import Graph
from ..sequential import Sequential
from .mlp import mlp

__all__ = ["vae"]


def vae(sizes: Sequence[Size], latent: Size, activation: Callable[[], Layer] = ReLU) -> Graph:
    """Return a variational autoencoder: an encoder of the given sizes, a code of ``latent`` numbers, and the mirror
    image of the encoder as decoder.

    What it gives is the prediction that ``ELBOLoss`` takes. New samples are what the node ``decoder`` gives for normal
    noise: ``predict(model.nodes["decoder"], rng.standard_normal((N, latent)))``.

    Shapes:
        x: (N, sizes[0])
        y: reconstruction (N, sizes[0]), logits for a Bernoulli likelihood; mean and log_var (N, latent)

    Raises: ValueRangeError for fewer than two sizes.

    Source: Kingma & Welling 2013, appendix C.

    Example:
        >>> from chainrule.models.zoo import vae
        >>> reconstruction, mean, log_var = vae([64, 32], 2).forward(np.zeros((5, 64), np.float32))
        >>> reconstruction.shape, mean.shape, log_var.shape
        ((5, 64), (5, 2), (5, 2))
    """
    encoder = Sequential(mlp(sizes, activation), activation())
    nodes = {"encoder": (encoder, "x"),
             "mean": (Linear(sizes[-1], latent), "encoder"),
             "log_var": (Linear(sizes[-1], latent), "encoder"),
             "code": (GaussianSampling(), "mean", "log_var"),
             "decoder": (mlp([latent, *reversed(sizes)], activation), "code")}
    return Graph(["x"], nodes, ["decoder", "mean", "log_var"])
