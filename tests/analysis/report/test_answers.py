"""Answers: counts, mistakes with their pictures, numbers against numbers."""

import re

import numpy as np

from chainrule.analysis.report.answers import answers_section
from chainrule.analysis.report.samples import Samples, judge
from chainrule.data import digits
from chainrule.layers import Flatten, Identity, Linear
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential


def test_classes_with_pictures():
    data = digits().split(50, rng=np.random.default_rng(0))[1]
    judgement = judge(Sequential(Flatten(), Linear(64, 10)), Samples(data.x, data.y), CrossEntropyLoss())
    page = answers_section(judgement, "validation")
    wrong = (judgement.predicted != data.y).sum()
    assert f"{wrong} of 50 are wrong" in page and "Answers to 50 validation samples" in page
    assert page.count("<img") == min(wrong, 18)
    first = judgement.worst(1)[0]
    caption = re.search(r"<figcaption><b>(\d)</b> not (\d) (\d+)%", page).groups()
    assert caption == (str(data.y[first]), str(judgement.predicted[first]), f"{judgement.sureness[first]:.0%}"[:-1])


def test_no_mistake_is_said_to_be_none():
    judgement = judge(Identity(), Samples(np.eye(3), np.arange(3)), CrossEntropyLoss())
    assert "every answer is right" in answers_section(judgement, "test")


def test_numbers_against_numbers():
    x = np.random.default_rng(0).normal(size=(700, 2)).astype(np.float32)
    page = answers_section(judge(Identity(), Samples(x, x + 1), MSELoss()), "test")
    points = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', page)
    assert len(points) == 600 and "worst answers" in page
    # what is given is one below what is wanted: every point lies as far below the line
    assert len({round(float(across) - 46 - (310 - float(up)), 0) for across, up in points}) <= 2
    assert all(float(across) - 46 > 310 - float(up) for across, up in points)


def test_pictures_against_pictures():
    x = np.random.default_rng(0).random((5, 49)).astype(np.float32)
    page = answers_section(judge(Identity(), Samples(x, x), MSELoss()), "test")
    assert page.count("<img") == 10 and "answers against targets" not in page
