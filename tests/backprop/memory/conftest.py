"""Random computations and chains, and the seven published networks."""

import numpy as np
import pytest

from chainrule.backprop.memory import Computation, Node
from chainrule.models.zoo import published


@pytest.fixture
def random_computation():
    def make(rng, nodes):
        found = []
        for place in range(nodes):
            sources = tuple(source for source in range(place) if rng.random() < (0.8 if source == place - 1 else 0.35))
            reads = sources if rng.random() < 0.6 else (place,) if rng.random() < 0.5 else ()
            found.append(Node(f"n{place}", int(rng.integers(1, 9)), int(rng.choice([1, 3, 10])), sources, reads))
        return Computation(tuple(found))
    return make


@pytest.fixture(scope="session")
def paper():
    names = ("VGG-19", "U-Net", "GoogLeNet", "ResNet-50", "ResNet-152", "DenseNet-161", "PSPNet")
    return {name: Computation.published(published(name)) for name in names}


@pytest.fixture
def rng():
    return np.random.default_rng(0)
