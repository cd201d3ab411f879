"""Generators and discriminators."""

import numpy as np
import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.models import summary
from chainrule.models.zoo import dcgan_discriminator, dcgan_generator, gan, mlp
from chainrule.training import frozen


def test_one_network_of_two_named_parts():
    model = gan(mlp([3, 4, 2]), mlp([2, 5, 1]))
    assert [name for name, _ in model.children()] == ["generator", "discriminator"]
    assert summary(model, (3,)).total.y_shapes == ((1,),)
    assert {name.split(".")[0] for name in model.state_dict()} == {"generator", "discriminator"}


def test_the_gradient_reaches_the_generator_through_a_frozen_discriminator():
    model = gan(mlp([3, 4, 2]), mlp([2, 5, 1]))
    with frozen(model.nodes["discriminator"]):
        model.backward(np.ones_like(model.forward(np.ones((7, 3), np.float32))))
    assert all(parameter.reached for parameter in model.nodes["generator"].parameters())
    assert not any(parameter.reached for parameter in model.nodes["discriminator"].parameters())


@pytest.mark.parametrize(("channels", "width", "image_size"), [(1, 16, 8), (3, 5, 12), (2, 3, 4)])
def test_the_convolutional_pair_fits_together(channels, width, image_size):
    generator = dcgan_generator(7, channels, width, image_size)
    discriminator = dcgan_discriminator(channels, width, image_size)
    pictures = generator.forward(np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32))
    assert pictures.shape == (5, channels, image_size, image_size)
    assert 0 < pictures.min() < pictures.max() < 1
    assert discriminator.forward(pictures).shape == (5, 1)


def test_weights_are_drawn_as_the_paper_does():
    weights = [value for name, value in dcgan_generator(16, 3, 32).state_dict().items()
               if name.split(".")[0] in ("0", "4", "7") and name.endswith("weight")]
    assert [value.std() for value in weights] == pytest.approx([0.02] * 3, rel=0.1)


@pytest.mark.parametrize("image_size", [0, 2, 10])
def test_a_picture_is_halved_twice(image_size):
    for make in (dcgan_generator, dcgan_discriminator):
        with pytest.raises(ValueRangeError, match=f"image_size as a multiple of 4, got {image_size}"):
            make(image_size=image_size)
