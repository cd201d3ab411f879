"""The contract of layers: walking, state dicts, modes, dtypes, names."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.layers import Dropout, Linear, Tanh
from chainrule.layers.core import Buffer, Layer, Parameter, ShapeError, StateError, manual_seed
from chainrule.models import Parallel, Sequential


class Scale(Layer):
    """A parameter, a buffer, and sub-layers in every kind of attribute."""

    def __init__(self, size=3):
        self.size = size
        self.scale = Parameter(np.ones(size))
        self.count = Buffer(0, dtype=np.int64)
        self.items = [Linear(2, 3), {"deep": Linear(3, 2)}]
        self._hidden = Linear(9, 9)


def test_everything_is_found_by_walking_and_underscored_names_are_not():
    layer = Scale()
    assert [name for name, _ in layer.named_parameters()] == [
        "scale", "items.0.weight", "items.0.bias", "items.1.deep.weight", "items.1.deep.bias"]
    assert [name for name, _ in layer.named_layers()] == ["", "items.0", "items.1.deep"]
    assert [name for name, _ in layer.named_buffers()] == ["count"]


def test_shared_parameters_come_once_and_stand_in_the_state_dict_under_each_name():
    shared = Linear(2, 2)
    model = Sequential(shared, Tanh(), shared)
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias"]
    assert list(model.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert sum(1 for _ in model.named_layers()) == 3


def test_a_state_dict_is_a_copy_and_loads_back():
    layer = Scale()
    state = layer.state_dict()
    layer.scale.data += 1
    layer.count.assign(5)
    assert (state["scale"] == 1).all() and state["count"] == 0
    missing, unexpected = layer.load_state_dict(state)
    assert not missing and not unexpected
    assert (layer.scale.data == 1).all() and layer.count.data == 0


def test_loading_lists_every_problem_at_once_and_changes_nothing():
    layer = Linear(3, 2)
    before = layer.state_dict()
    with pytest.raises(ShapeError, match=r"Linear can not load.*weight: expected shape \(2, 3\), got \(3, 2\); "
                                         r"bias: missing; bais: unexpected – did you mean 'bias'\?"):
        layer.load_state_dict({"weight": np.zeros((3, 2)), "bais": np.zeros(2)})
    assert all((before[name] == value).all() for name, value in layer.state_dict().items())
    keys = layer.load_state_dict({"weight": np.ones((2, 3)), "more": np.ones(1)}, strict=False)
    assert keys == (["bias"], ["more"]) and (layer.weight.data == 1).all()


def test_train_and_eval_reach_everything_below():
    model = Sequential(Dropout(), Parallel(Dropout(), Dropout()))
    assert model.eval() is model
    assert [layer.training for _, layer in model.named_layers()] == [False] * 5
    assert all(layer.training for _, layer in model.train().named_layers())


def test_astype_changes_what_a_layer_computes_in():
    layer = Linear(3, 2)
    x = np.ones((4, 3))
    assert layer.forward(x).dtype == np.float32 and layer.backward(np.ones((4, 2))).dtype == np.float64
    assert layer.astype(np.float64).forward(x).dtype == np.float64


def test_backward_without_forward_says_so():
    with pytest.raises(StateError, match=r"Linear\(3, 2\) expected forward before backward, but has no cache"):
        Linear(3, 2).backward(np.ones((4, 2)))
    tanh = Tanh()
    tanh.forward(np.ones(3))
    with pytest.raises(StateError, match="expected jvp before backward_jvp"):
        tanh.backward_jvp(np.ones(3), None)


def test_a_copy_has_not_run():
    layer = Linear(3, 2)
    layer.forward(np.ones((4, 3), np.float32))
    copied = deepcopy(layer)
    assert layer.cache is not None and copied.cache is None


def test_same_seed_same_bits():
    manual_seed(3)
    first = Linear(5, 4).state_dict()
    manual_seed(3)
    second = Linear(5, 4).state_dict()
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


def test_what_a_class_lacks_is_named():
    with pytest.raises(NotImplementedError, match="Scale has no forward"):
        Scale()(1)


@pytest.mark.parametrize(("layer", "shown"), [
    (Linear(64, 10), "Linear(64, 10)"),
    (Linear(64, 10, bias=False), "Linear(64, 10, bias=False)"),
    (Dropout(0.25), "Dropout(p=0.25)"),
    (Sequential(Linear(2, 3), Sequential(Tanh())),
     "Sequential(\n  (0): Linear(2, 3)\n  (1): Sequential(\n    (0): Tanh()\n  )\n)"),
])
def test_repr_reads_like_the_call(layer, shown):
    assert repr(layer) == shown


def test_frozen_parameters_get_no_gradient_and_let_it_through():
    layer = Linear(3, 2)
    x, grad_out = np.ones((4, 3), np.float32), np.ones((4, 2), np.float32)
    layer.forward(x)
    grad_x = layer.backward(grad_out)
    layer.zero_grad()
    layer.requires_grad_(False)
    assert (layer.backward(grad_out) == grad_x).all()
    assert (layer.weight.grad == 0).all() and not layer.weight.reached and not layer.bias.reached
