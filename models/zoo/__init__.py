"""Well-known networks, each a function that returns one."""

from .alexnet import alexnet
from .autoencoder import autoencoder
from .char_rnn import char_rnn
from .densenet import densenet
from .gan import dcgan_discriminator, dcgan_generator, gan
from .googlenet import googlenet
from .gpt import gpt
from .lenet import lenet5
from .mlp import mlp
from .mobilenet import mobilenet
from .published import published
from .resnet import resnet
from .seq2seq import seq2seq
from .unet import unet
from .vae import vae
from .vgg import vgg
from .vit import vit

__all__ = [
    "alexnet", "autoencoder", "char_rnn", "dcgan_discriminator", "dcgan_generator", "densenet", "gan", "googlenet",
    "gpt", "lenet5", "mlp", "mobilenet", "published", "resnet", "seq2seq", "unet", "vae", "vgg", "vit",
]
