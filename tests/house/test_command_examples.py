"""The examples in the docstrings of configs and commands run."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

from chainrule import cli, course, experiments, layers, losses, models, optim

NAMES = {"np": np} | {name: getattr(room, name) for room in (layers, losses, models, optim) for name in room.__all__}
MODULES = [f"{room.__name__}.{module.name}" for room in (experiments, cli) for module in
           pkgutil.iter_modules(room.__path__)]
MODULES += [module.name for module in pkgutil.walk_packages(course.__path__, "chainrule.course.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder().find(importlib.import_module(name), extraglobs=NAMES):
        assert not runner.run(test).failed
