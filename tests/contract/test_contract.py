"""Every exported layer, model and loss passes the contract battery; an export without an example fails."""

import inspect

import pytest

from chainrule import layers, losses, models

from .examples import EXAMPLES, LAYERS, LOSSES, MODELS

FAMILIES = {"Layer", "Elementwise", "LinearMap", "Gate", "Model", "Loss", "ElementwiseLoss", "ClassLoss"}


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
def test_contract(name):
    assert EXAMPLES[name].check().problems == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_false_alarm(name, seed):
    assert EXAMPLES[name].check(seed=seed).problems == []
