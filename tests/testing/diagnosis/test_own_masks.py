"""Dropout in any way of drawing is right, and wrong dropout in any way of drawing is wrong."""

import numpy as np
import pytest

from chainrule.course.asking import answer, question
from chainrule.course.assignment import Assignment, Example, Part
from chainrule.course.names import library_names
from chainrule.course.verdict import verdict
from chainrule.layers import Dropout
from chainrule.layers.core import default_rng
from chainrule.testing import diagnose

NAMES = library_names() | {"_errors": {}}
EXAMPLE = Example(make="Dropout(0.3)", x=([30, 40],))


class Mine(Dropout):
    """Dropout that draws in its own way."""

    def draw(self, x):
        return self.p <= default_rng(self.rng).uniform(size=x.shape[::-1]).T

    def forward(self, x):
        mask = (self.draw(x) / (1 - self.p)).astype(x.dtype) if self.training else np.ones_like(x)
        self.cache = (mask,)
        return x * mask

    def backward(self, grad_out):
        return grad_out * self.saved()[0]

    jvp = Dropout.forward       # not asked: it would be that of another forward


class EvenSum(Mine):
    def draw(self, x):
        return sum(default_rng(self.rng).random(x.shape) for _ in range(2)) < 2 - 0.6 ** 0.5


class OfNothing(Mine):
    def draw(self, x):
        return np.random.default_rng(np.random.SeedSequence()).random(x.shape) >= self.p


class OfAFixedSeed(Mine):
    def draw(self, x):
        return np.random.default_rng(0).random(x.shape) >= self.p


class DrawnOnce(Mine):
    drawn = None

    def draw(self, x):
        if self.drawn is None or self.drawn.shape != x.shape:
            self.drawn = super().draw(x)
        return self.drawn


class WrongShare(Mine):
    def draw(self, x):
        return ~super().draw(x)


class WholeRows(Mine):
    def draw(self, x):
        return np.broadcast_to(default_rng(self.rng).random(len(x))[:, None] >= self.p, x.shape)


class NotScaled(Mine):
    def forward(self, x):
        return super().forward(x) * (1 - self.p * self.training)


class AnotherMask(Mine):
    def backward(self, grad_out):
        self.saved()
        return grad_out * self.draw(grad_out) / (1 - self.p)


class ByTheModeOfNow(Mine):
    def backward(self, grad_out):
        return super().backward(grad_out) if self.training else grad_out


def told(kind, compares="all"):
    part = Part(1, target="layers.Dropout", compares=compares)
    names = NAMES | {"Dropout": kind}
    asked = question(part, EXAMPLE, 7, NAMES)
    assignment = Assignment("Masks", {"a": part})
    return verdict(assignment, "a", EXAMPLE, asked, answer(part, EXAMPLE, asked, NAMES, probe=False),
                   answer(part, EXAMPLE, asked, names, probe=False), layer=Dropout(0.3))


@pytest.mark.parametrize("kind", [Dropout, Mine, EvenSum])
@pytest.mark.parametrize("compares", ["outputs", "gradients", "all"])
def test_any_way_of_drawing_is_right(kind, compares):
    assert told(kind, compares).passed, str(told(kind, compares))
    assert diagnose(kind(0.3), (30, 40)).passed


@pytest.mark.parametrize(("kind", "words"), [
    (OfNothing, "take its random numbers from default_rng"), (OfAFixedSeed, "draw it anew in every call"),
    (DrawnOnce, "draw it anew in every call"), (WholeRows, "All along axis 1 are left out together"),
    (WrongShare, "share of values"), (NotScaled, "y after one forward"), (AnotherMask, "grad_x"),
    (ByTheModeOfNow, "with eval() between"),
])
def test_what_is_wrong_stays_wrong(kind, words):
    assert words in str(told(kind))
    assert words.replace("y after one forward", "y") in str(diagnose(kind(0.3), (30, 40)))


def test_a_wrong_scale_on_the_way_there_does_not_make_the_way_back_wrong():
    assert told(NotScaled, "gradients").passed and not told(NotScaled, "outputs").passed
    assert not told(AnotherMask, "gradients").passed and told(AnotherMask, "outputs").passed


def test_channels_are_left_out_whole_where_they_should():
    part = Part(1, target="layers.Dropout2d", compares="outputs")
    example = Example(make="Dropout2d(0.4)", x=([9, 8, 4, 3],))
    asked = question(part, example, 1, NAMES)
    right, single = (answer(part, example, asked, NAMES | changed) for changed in ({}, {"Dropout2d": Mine}))
    assignment = Assignment("Masks", {"a": part})
    assert verdict(assignment, "a", example, asked, right, right).passed
    assert not verdict(assignment, "a", example, asked, right, single).passed
