"""Gradient flow on the page: two cards for a network that can be measured, none for others."""

import numpy as np

from chainrule.analysis.report.flow import flow_section
from chainrule.layers import Linear, Sigmoid
from chainrule.models import Sequential
from chainrule.models.zoo import mlp


def test_norms_and_idle_units_have_their_cards():
    page = flow_section(mlp([2, 8, 8, 3]), np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32))
    assert "<h3>norms of Jacobians</h3>" in page and "<h3>idle units</h3>" in page
    assert page.count(">of the layer <b>") == page.count(">to the output <b>") == 1


def test_without_rectifiers_there_are_no_idle_units():
    page = flow_section(Sequential(Linear(2, 3), Linear(3, 2)), np.ones((4, 2)))
    assert "norms of Jacobians" in page and "idle" not in page


def test_what_is_one_layer_or_takes_no_numbers_is_left_out():
    assert flow_section(Sequential(Sigmoid()), np.ones((4, 2))) == ""
    assert flow_section(mlp([2, 3]), np.ones((4, 2), int)) == ""
