"""What all transforms promise: nothing changed in place, every draw from the generator that is handed over."""

import numpy as np
import pytest

from chainrule import data
from chainrule.data import (
    CenterCrop,
    Compose,
    CutMix,
    Cutout,
    MixUp,
    Normalize,
    PixelNoise,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomVerticalFlip,
    Transform,
)
from chainrule.layers.core import ShapeError, manual_seed

TRANSFORMS = [CenterCrop((5, 4)), Compose([RandomCrop(5), RandomRotation(30)]), CutMix(num_classes=3), Cutout(3),
              MixUp(num_classes=3), Normalize([0.5, 0.2], [2, 3]), PixelNoise(), RandomCrop((5, 7), padding=(1, 2)),
              RandomErasing(p=0.8), RandomHorizontalFlip(), RandomRotation(45, "bilinear", fill=0.5),
              RandomVerticalFlip()]
X = np.random.default_rng(0).random((9, 2, 7, 8), np.float32)
Y = np.arange(9) % 3


def test_every_exported_transform_is_here():
    exported = {name for name in data.__all__ if isinstance(kind := getattr(data, name), type)
                and issubclass(kind, Transform) and kind is not Transform}
    assert {type(transform).__name__ for transform in TRANSFORMS} == exported


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: type(transform).__name__)
class TestEvery:
    def test_same_state_same_bits_and_another_draw_after_it(self, transform):
        rng = np.random.default_rng(5)
        first, again = transform(X, Y, rng), transform(X, Y, rng)
        repeated = transform(X, Y, np.random.default_rng(5))
        for one, other in zip(first, repeated, strict=True):
            np.testing.assert_array_equal(one, other, strict=True)
        assert np.array_equal(first[0], again[0]) is not transform.random

    def test_arguments_stay_as_they_are_and_results_are_new(self, transform):
        x, y = X.copy(), Y.copy()
        changed, _ = transform(x, y, np.random.default_rng(0))
        changed[...] = -1
        np.testing.assert_array_equal(x, X)
        np.testing.assert_array_equal(y, Y)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_the_dtype_stays(self, transform, dtype):
        assert transform(X.astype(dtype), Y, np.random.default_rng(0))[0].dtype == dtype

    def test_a_single_sample_will_do(self, transform):
        assert len(transform(X[:1], Y[:1], np.random.default_rng(0))[0]) == 1

    def test_strided_samples_are_the_same(self, transform):
        wide = np.zeros((9, 2, 7, 16), np.float32)
        wide[..., ::2] = X
        for one, other in zip(transform(X, Y, np.random.default_rng(0)),
                              transform(wide[..., ::2], Y, np.random.default_rng(0)), strict=True):
            np.testing.assert_array_equal(one, other)

    def test_without_a_generator_that_of_the_package_decides(self, transform):
        manual_seed(3)
        first, _ = transform(X, Y)
        manual_seed(3)
        np.testing.assert_array_equal(transform(X, Y)[0], first)

    def test_no_generator_is_kept(self, transform):
        assert not any(isinstance(value, np.random.Generator) for value in vars(transform).values())


@pytest.mark.parametrize("transform", [t for t in TRANSFORMS if not isinstance(t, (PixelNoise, MixUp, Normalize))],
                         ids=lambda transform: type(transform).__name__)
def test_images_are_asked_for_in_words(transform):
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, C, height, width\), got \(9, 64\); images keep "
                                         r"their shape with flat: false"):
        transform(np.zeros((9, 64), np.float32), Y)


def test_without_targets_only_samples_come_back():
    assert RandomCrop(3)(X).shape == (9, 2, 3, 3)
