"""Names of a file beside names of a network."""

import numpy as np
import pytest

from chainrule.interchange.weights.match import match
from chainrule.layers import BatchNorm1d, Linear
from chainrule.layers.core import ShapeError
from chainrule.models import Sequential

WEIGHT, BIAS = np.ones((2, 3)), np.zeros(2)


def test_beginnings_of_names():
    model = Sequential(Linear(3, 2), Sequential(Linear(2, 4)))
    found = match(model, {"body.fc.weight": WEIGHT, "body.fc.bias": BIAS, "body.head.weight": np.ones((4, 2)),
                          "body.head.bias": np.ones(4), "bodyguard": BIAS},
                  {"body.fc": "0", "body": "wrong", "body.head": "1.0"})
    assert list(found.fits) == ["0.weight", "0.bias", "1.0.weight", "1.0.bias"] and found.unexpected == ["bodyguard"]
    assert found.origin["1.0.bias"] == "body.head.bias" and not found.whole


def test_all_names_and_no_name():
    assert match(Sequential(Linear(3, 2)), {"weight": WEIGHT, "bias": BIAS}, {"": "0"}).whole
    assert match(Linear(3, 2), {"net.weight": WEIGHT, "net.bias": BIAS}, {"net": ""}).whole


def test_in_order_goes_layer_by_layer():
    model = Sequential(Linear(3, 2), BatchNorm1d(2), Linear(2, 2))
    arrays = {name: value for layer, part in zip("abc", model.layers, strict=True)
              for name, value in ((f"{layer}.{name}", value) for name, value in part.state_dict().items())}
    found = match(model, arrays, "in order")
    assert found.whole and found.origin["1.running_mean"] == "b.running_mean" and found.origin["2.weight"] == "c.weight"
    short = match(model, dict(list(arrays.items())[:3]), "in order")
    assert short.missing == ["1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "2.weight", "2.bias"]
    assert match(Linear(3, 2), {**arrays}, "in order").unexpected == list(arrays)[2:]


def test_what_is_left_over_is_listed():
    found = match(Linear(3, 2), {"weight": np.ones((3, 2)), "scale": BIAS})
    assert (found.missing, found.unexpected, found.misshaped) == (["bias"], ["scale"], {"weight": ((2, 3), (3, 2))})
    assert str(found).splitlines() == ["misshaped   weight: the network has (2, 3), the file (3, 2)",
                                       "missing     bias", "unexpected  scale"]


def test_two_names_that_become_one():
    with pytest.raises(ShapeError, match=r"'a\.weight' and 'b\.weight'"):
        match(Linear(3, 2), {"a.weight": WEIGHT, "b.weight": WEIGHT}, {"a": "", "b": ""})
