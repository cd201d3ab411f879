"""What may be handed to an optimiser, and what is refused in which words."""

import numpy as np
import pytest

from chainrule.layers import Linear
from chainrule.layers.core import DtypeError, Parameter, UnknownNameError, ValueRangeError
from chainrule.optim import SGD, Adam


def parts(count=3):
    return [Parameter(np.ones(2)) for _ in range(count)]


def test_parameters_or_groups():
    a, b, c = parts()
    assert SGD(iter([a, b]), lr=0.1).param_groups[0]["params"] == [a, b]
    optimizer = SGD([{"params": iter([a, b]), "lr": 1.0}, {"params": c, "name": "head"}], lr=0.1, momentum=0.5)
    assert [group["params"] for group in optimizer.param_groups] == [[a, b], [c]]
    assert [group["lr"] for group in optimizer.param_groups] == [1.0, 0.1]
    assert [group["momentum"] for group in optimizer.param_groups] == [0.5, 0.5]


@pytest.mark.parametrize("wrong", [Linear(2, 2), Parameter([1.0]), 3, None])
def test_no_iterable(wrong):
    with pytest.raises(DtypeError, match=r"SGD expected params as an iterable .*pass model\.parameters\(\)"):
        SGD(wrong)


def test_nothing_to_train():
    with pytest.raises(ValueRangeError, match="Adam got no parameters"):
        Adam(iter([]))
    with pytest.raises(ValueRangeError, match="Adam got a group without parameters"):
        Adam([{"params": []}])


def test_no_parameters():
    with pytest.raises(DtypeError, match=r"SGD expected Parameters, got ndarray at position 1"):
        SGD([Parameter([1.0]), np.ones(2)])
    with pytest.raises(DtypeError, match=r"SGD expected Parameters, got tuple at position 0"):
        SGD(Linear(2, 2).named_parameters())
    with pytest.raises(DtypeError, match="SGD expected every group as a dict with the key 'params', got dict"):
        SGD([{"parameters": parts()}])
    with pytest.raises(DtypeError, match="got Parameter"):
        SGD([{"params": parts()}, Parameter([1.0])])


def test_a_parameter_twice():
    a, b, c = parts()
    with pytest.raises(ValueRangeError, match="got the parameter at position 1 again at position 3"):
        SGD([a, b, c, b])
    with pytest.raises(ValueRangeError, match="got the parameter at position 0 again at position 2"):
        SGD([{"params": [a, b]}, {"params": [a]}])
    optimizer = SGD([a, b])
    with pytest.raises(ValueRangeError, match="got the parameter at position 1 again"):
        optimizer.add_param_group({"params": [b]})
    assert len(optimizer.param_groups) == 1


def test_unknown_and_impossible_options():
    with pytest.raises(UnknownNameError, match=r"option of SGD 'wieght_decay' – did you mean 'weight_decay'"):
        SGD([{"params": parts(), "wieght_decay": 0.1}])
    with pytest.raises(ValueRangeError, match=r"SGD expected lr in \[0, inf\], got -0.1"):
        SGD(parts(), lr=-0.1)
    with pytest.raises(ValueRangeError, match="SGD expected weight_decay"):
        SGD([{"params": parts(), "weight_decay": -1}])


def test_what_is_refused_has_not_moved_the_parameters():
    a, b, _ = parts()
    for wrong in ([a, b, a], [{"params": [a, b], "lr": -1}]):
        with pytest.raises(ValueRangeError):
            SGD(wrong)
    assert a.store is None
    assert b.store is None
