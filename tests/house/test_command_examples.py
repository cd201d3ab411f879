"""The examples in the docstrings of configs and commands run."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

from chainrule import cli, course, experiments, layers, losses, models, optim

NAMES = {"np": np} | {name: getattr(room, name) for room in (layers, losses, models, optim) for name in room.__all__}
MODULES = [module.name for room in (experiments, course, cli) for module in
           pkgutil.walk_packages(room.__path__, f"{room.__name__}.") if not module.name.endswith("__main__")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder().find(importlib.import_module(name), extraglobs=NAMES):
        assert not runner.run(test).failed
