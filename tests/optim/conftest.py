"""Two optimisers, ours and PyTorch's, fed the same gradients."""

from importlib.util import find_spec

import numpy as np
import pytest

from chainrule.layers.core import Parameter

from .rules import RULES


class Twins:
    """Parameters of the same values in both libraries, with a record of gradients to feed them."""

    def __init__(self, shapes, seed=0):
        self.torch = pytest.importorskip("torch")
        self.rng = np.random.default_rng(seed)
        self.ours = [Parameter(self.rng.standard_normal(shape), dtype=np.float64) for shape in shapes]
        self.theirs = [self.torch.nn.Parameter(self.torch.tensor(part.data.copy())) for part in self.ours]

    def feed(self, present=1.0):
        """Give every parameter a new gradient, or none with probability ``1 - present``."""
        for mine, other in zip(self.ours, self.theirs, strict=True):
            mine.zero_grad()
            other.grad = None
            if mine.requires_grad and self.rng.random() < present:
                grad = self.rng.standard_normal(mine.shape)
                mine.grad = grad
                other.grad = self.torch.tensor(grad)

    def compare(self, tolerance=1e-10):
        mine, theirs = (np.concatenate([part.ravel() for part in parts]) for parts in (
            [part.data for part in self.ours], [part.detach().numpy() for part in self.theirs]))
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)

    @classmethod
    def run(cls, kind, chosen, present, seed):
        """Race a rule and PyTorch's of the same name, with the same options, over 50 steps."""
        pair = cls([(3, 5), (5,), (), (2, 1, 3)], seed)
        theirs = getattr(pair.torch.optim, kind.__name__)
        pair.race(kind(pair.ours, **chosen), theirs(pair.theirs, **chosen), 50, present)

    def race(self, ours, theirs, steps=25, present=1.0):
        """Step both with the same gradients and compare after every step."""
        for _ in range(steps):
            self.feed(present)
            ours.step()
            theirs.step()
            self.compare()


@pytest.fixture(scope="session")
def twins():
    return Twins


@pytest.fixture(scope="module", autouse=True)
def double_precision():
    """Let PyTorch keep the numbers of its state (eta of ASGD, mu_product of NAdam) in float64 too."""
    torch = pytest.importorskip("torch") if find_spec("torch") else None
    if torch:
        torch.set_default_dtype(torch.float64)
    yield
    if torch:
        torch.set_default_dtype(torch.float32)


@pytest.fixture(params=RULES, ids=lambda rule: rule[0].__name__)
def rule(request):
    return request.param
