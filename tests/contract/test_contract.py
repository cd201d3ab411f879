"""Every exported layer, model and loss passes the contract battery; an export without an example fails."""

import inspect

import pytest

from chainrule import layers, losses, models
from chainrule.models import zoo
from chainrule.testing import check_model

from .examples import EXAMPLES, LAYERS, LOSSES, MODELS, NETWORKS

FAMILIES = {"Layer", "Elementwise", "LinearMap", "Gate", "Model", "Loss", "ElementwiseLoss", "ClassLoss"}   # bases


@pytest.mark.parametrize(("room", "examples"), [(layers, LAYERS), (models, MODELS), (losses, LOSSES)],
                         ids=["layers", "models", "losses"])
def test_every_export_has_an_example(room, examples):
    classes = {name for name in room.__all__ if inspect.isclass(getattr(room, name))
               and issubclass(getattr(room, name), layers.Layer)}
    assert classes - FAMILIES == {name.split(":")[0] for name in examples}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_they_say(name):
    assert type(EXAMPLES[name].make()).__name__ == name.split(":")[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_forward_mode_is_written_or_its_lack_explained(name):
    """What is written the battery checks; ``forward_mode_gap`` says why something is not, and only then."""
    for _, layer in EXAMPLES[name].make().named_layers():
        written = all(getattr(type(layer), method) is not getattr(layers.Layer, method)
                      for method in ("jvp", "backward_jvp"))
        assert written != bool(layer.forward_mode_gap), type(layer).__name__


@pytest.mark.parametrize("name", EXAMPLES)
def test_contract(name):
    assert EXAMPLES[name].check().problems == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 10))
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_false_alarm(name, seed):
    assert EXAMPLES[name].check(seed=seed).problems == []


def test_every_network_of_the_zoo_has_an_example():
    drawings = {"published"}        # networks without weights, tested in their own file
    assert set(zoo.__all__) - drawings == {name.split(":")[0] for name in NETWORKS}


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_whole_networks(name):
    make, loss, x, target = NETWORKS[name]
    assert check_model(make(), loss, x, target, entries=2).problems == []
