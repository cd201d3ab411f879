"""Scores and their gradients in parts, and a model that is afterwards what it was."""

import numpy as np
import pytest

from chainrule.analysis.saliency.score import ROWS, chosen, explaining, score_gradient, scored_gradient, scores_of
from chainrule.layers import Dropout, Linear, Tanh
from chainrule.layers.core import ShapeError
from chainrule.models import Sequential


def test_many_samples_go_through_in_parts():
    model = Sequential(Linear(3, 4), Tanh(), Linear(4, 2)).astype(np.float64)
    x = np.random.default_rng(0).normal(size=(2 * ROWS + 5, 3))
    classes = np.arange(len(x)) % 2
    scores, gradients = scored_gradient(model, x, classes)
    np.testing.assert_array_equal(scores, scores_of(model, x)[np.arange(len(x)), classes])
    for row in (0, ROWS, 2 * ROWS + 4):
        np.testing.assert_allclose(gradients[row], score_gradient(model, x[row:row + 1], int(classes[row]))[0],
                                   atol=1e-14)


def test_one_score_is_a_class_too():
    model = Sequential(Linear(3, 1))
    assert chosen(model, np.ones((2, 3), np.float32), None).tolist() == [0, 0]


def test_a_model_is_afterwards_what_it_was():
    model = Sequential(Linear(3, 3), Dropout(0.5))
    model[1].eval()
    x = np.ones((2, 3), np.float32)
    model.forward(x)
    cache = model.cache
    with pytest.raises(ZeroDivisionError), explaining(model):
        assert not model.training and not model[0].weight.requires_grad
        raise ZeroDivisionError
    assert model.training and model[0].training and not model[1].training
    assert model[0].weight.requires_grad and model.cache is cache


def test_no_samples():
    with pytest.raises(ShapeError, match="at least one sample"):
        scores_of(Sequential(Linear(3, 1)), np.ones((0, 3), np.float32))
