"""A generator that says what it is told to, and networks without a way back."""

import numpy as np
import pytest

from chainrule.layers.core import Layer


class Scripted(np.random.Generator):
    """A generator whose ``random`` returns the arrays of its script, one after the other."""

    def __init__(self, script=()):
        super().__init__(np.random.PCG64(0))
        self.script = list(script)

    def random(self, size=None, dtype=np.float64, out=None):
        told = self.script.pop(0)
        assert told.shape == tuple(size)
        return told


@pytest.fixture
def scripted():
    return Scripted


def kinds(base):
    """Yield a class and all that extend it."""
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


@pytest.fixture
def no_way_back(monkeypatch):
    """Let the backward pass of every layer and loss raise."""
    def refuse(self, *args, **kwargs):
        raise AssertionError(f"{type(self).__name__}.backward was called")

    for kind in set(kinds(Layer)):
        if "backward" in vars(kind):
            monkeypatch.setattr(kind, "backward", refuse)
