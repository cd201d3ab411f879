"""Public docstrings: their sections, their length, and examples that run."""

import doctest
import importlib
import inspect
import re

import numpy as np
import pytest

import chainrule
from chainrule import analysis, backprop, data, layers, losses, models, optim, testing, training
from chainrule.analysis import doctor, drawing, gradient_flow, plots, report, saliency
from chainrule.layers.core import Layer
from chainrule.losses import Loss
from chainrule.models import zoo
from chainrule.optim import Optimizer

ROOMS = [layers, losses, optim, data, training, models, zoo, testing, backprop, analysis, doctor, drawing,
         gradient_flow, plots, report, saliency]
PUBLIC = {f"{room.__name__}.{name}": getattr(room, name) for room in ROOMS for name in room.__all__}
NAMES = {name.rsplit(".", 1)[1]: PUBLIC[name] for name in reversed(PUBLIC)}  # of two the leftmost
NAMES |= {"np": np, "chainrule": chainrule}
ABSTRACT = {Layer, Loss, Optimizer, losses.ClassLoss, losses.ElementwiseLoss,
            layers.Elementwise, layers.LinearMap, layers.Gate, models.Model, backprop.Coagents, backprop.LearningRule}
SECTIONS = ["Shapes", "Attributes", "Gradients", "Cost", "Raises", "Source", "Example"]


def is_step(thing):
    return inspect.isclass(thing) and issubclass(thing, (Layer, Optimizer)) and thing not in ABSTRACT


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_is_described(name):
    thing = PUBLIC[name]
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return
    docstring = inspect.getdoc(thing) or ""
    assert docstring.splitlines()[0].endswith((".", "…", ":", ",")) or "\n" in docstring
    assert len(docstring.splitlines()) <= 27, "at most 25 lines"


@pytest.mark.parametrize("name", [name for name, thing in PUBLIC.items() if is_step(thing)])
def test_steps_give_source_example_and_gradients_in_order(name):
    thing = PUBLIC[name]
    docstring = inspect.getdoc(thing)
    wanted = {"Source", "Example"} | ({"Gradients"} if issubclass(thing, Layer) else set())
    found = re.findall(rf"^({'|'.join(SECTIONS)}):", docstring, re.M)
    assert wanted <= set(found)
    assert found == sorted(found, key=SECTIONS.index)


@pytest.mark.parametrize("name", [name for name, thing in PUBLIC.items() if ">>>" in (inspect.getdoc(thing) or "")])
def test_examples_run(name):
    test = doctest.DocTestFinder(recurse=False).find(PUBLIC[name], name, globs=dict(NAMES))[0]
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(test)
    assert results.attempted and not results.failed


@pytest.mark.parametrize("name", ["Parameter", "Buffer", "flatten", "spans", "replay", "show_options", "manual_seed"])
def test_examples_of_the_core_run(name):
    core = importlib.import_module("chainrule.layers.core")
    globs = NAMES | {each: getattr(core, each) for each in core.__all__}
    test = doctest.DocTestFinder(recurse=False).find(getattr(core, name), name, globs=globs)[0]
    assert not doctest.DocTestRunner().run(test).failed
