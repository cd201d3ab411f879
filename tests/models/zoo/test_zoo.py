"""The zoo: sizes known from the papers, and that every parameter is reached."""

import tracemalloc

import numpy as np
import pytest

from chainrule.layers import Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.models import summary
from chainrule.models.zoo import (
    alexnet,
    autoencoder,
    densenet,
    googlenet,
    lenet5,
    mlp,
    mobilenet,
    resnet,
    unet,
    vgg,
    vit,
)

VGG = {"num_classes": 1000, "widths": (64, 128, 256, 512, 512), "batch_norm": False, "hidden": (4096, 4096)}
VGG_DEPTHS = {(1, 1, 2, 2, 2): 132_863_336, 2: 133_047_848, (2, 2, 3, 3, 3): 138_357_544, (2, 2, 4, 4, 4): 143_667_240}
RESNET = {"num_classes": 1000, "widths": (64, 128, 256, 512), "image_size": 224, "large_images": True}


def published(make, parameters, *, image=(3, 224, 224), classes=1000, long=False, **options):
    marks = [pytest.mark.long] if long else []
    return pytest.param(make, options, image, classes, parameters, marks=marks, id=f"{make.__name__}-{parameters}")


# From the papers where they say it exactly, else from torchvision's table of models.
@pytest.mark.parametrize(("make", "options", "image", "classes", "parameters"), [
    *(published(vgg, parameters, **VGG, depth=depth, image_size=224, long=True)
      for depth, parameters in VGG_DEPTHS.items()),
    published(resnet, 272_474, image=(3, 32, 32), classes=10),                       # 0.27 million, ResNet-20
    published(resnet, 11_689_512, **RESNET, blocks=2),
    published(resnet, 21_797_672, **RESNET, blocks=(3, 4, 6, 3)),
    published(resnet, 25_557_032, **RESNET, blocks=(3, 4, 6, 3), bottleneck=True),
    published(resnet, 44_549_160, **RESNET, blocks=(3, 4, 23, 3), bottleneck=True),
    published(resnet, 60_192_808, **RESNET, blocks=(3, 8, 36, 3), bottleneck=True, long=True),
    published(densenet, 7_978_856),
    published(densenet, 28_681_000, growth_rate=48, blocks=(6, 12, 36, 24), num_init_features=96),
    published(densenet, 14_149_480, blocks=(6, 12, 32, 32)),
    published(densenet, 20_013_928, blocks=(6, 12, 48, 32)),
    published(mobilenet, 4_231_976),
    published(vit, 86_567_656, num_classes=1000, image_size=224, patch_size=16, num_layers=12, num_heads=12,
              hidden_dim=768, mlp_dim=3072, long=True),
])
def test_published_sizes(make, options, image, classes, parameters):
    whole = summary(make(**options), image).total
    assert whole.parameters == parameters
    assert whole.y_shapes == ((classes,),)


@pytest.mark.parametrize("depth", VGG_DEPTHS)
def test_published_sizes_of_vgg_but_for_the_places_that_a_small_image_lacks(depth):
    """Of 224 pixels five pools leave 7×7, of 32 one: 48 places of 512 channels less for each of 4096 units."""
    parameters = summary(vgg(**VGG, depth=depth, image_size=32), (3, 32, 32)).total.parameters
    assert parameters + 48 * 512 * 4096 == VGG_DEPTHS[depth]


def test_alexnet_has_61_million_parameters_and_describing_it_allocates_nothing():
    model = alexnet()
    whole = summary(model, (3, 224, 224)).total
    assert whole.parameters == 61_100_840
    assert whole.y_shapes == ((1000,),)
    tracemalloc.start()
    try:
        summary(model, (3, 2240, 2240))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2e6               # bytes; the first feature map of so large an image would be 80 million


@pytest.mark.parametrize(("model", "shape", "parameters"), [
    (mlp([784, 256, 128, 10]), (784,), 235_146),
    (lenet5(), (1, 28, 28), 61_706),
    (autoencoder([64, 32, 8]), (64,), 2 * (64 * 32 + 32 * 8) + 32 + 8 + 32 + 64),
    (vgg(), (3, 32, 32), None),
    (resnet(), (3, 32, 32), None),
    (alexnet(7, 2, (4, 6, 5, 3, 2), 11), (2, 67, 95), None),
    (googlenet(5, 2, (3, 2, 4), [[(3, 2, 4, 2, 3, 1)], [(2, 1, 3, 2, 1, 2)]]), (2, 33, 41), None),
    (densenet(5, 2, 3, (2, 1, 2), 5, 2), (2, 65, 33), None),
    (mobilenet(5, 2, 0.1), (2, 33, 65), None),
    (unet(3, 2, (4, 5, 6)), (2, 60, 44), None),
    (vit(in_channels=1, image_size=12, num_layers=2, hidden_dim=8, num_heads=2, mlp_dim=6), (1, 12, 12), None),
], ids=lambda value: getattr(value, "title", None))
def test_shapes_and_gradients(model, shape, parameters):
    whole = summary(model, shape).total
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    y = model.forward(x)
    assert y.shape[1:] == whole.y_shapes[0]
    assert model.backward(np.ones_like(y)).shape == x.shape
    assert all(parameter.reached for parameter in model.parameters())
    if parameters is not None:
        assert whole.parameters == parameters


def test_options_of_the_mlp():
    assert [type(layer).__name__ for layer in mlp([4, 3, 2], activation=Tanh, dropout=0.1)] == [
        "Linear", "Tanh", "Dropout", "Linear"]
    with pytest.raises(ValueRangeError, match="mlp expected sizes of input and output at least, got"):
        mlp([4])
