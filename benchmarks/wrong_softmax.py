"""Who notices a wrong softmax backward? ``python -m benchmarks.wrong_softmax`` asks the checks of six projects.

The mistakes are those of the dictionary. Each check is what a project does to a softmax or would do to one: the same
upstream gradient, differences or PyTorch's numbers as reference, and tolerance, written again here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

import chainrule
from chainrule.data import digits, train_test_split
from chainrule.layers import Linear, ReLU, Softmax
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.testing import check_layer
from chainrule.testing.mutants import MUTANTS

from .stored import Stored

__all__ = ["CHECKS", "main"]

Make = Callable[[int], Softmax]


def by_chainrule(make: Make) -> bool:
    """``check_layer``."""
    return not check_layer(make(1), (4, 3, 4), batch_axis=None).passed


def by_pytorch(make: Make) -> bool:
    """``torch.autograd.gradcheck`` in double precision, which one has to call."""
    class Function(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, x: torch.Tensor) -> torch.Tensor:
            context.layer = make(1)
            return torch.from_numpy(context.layer.forward(x.detach().numpy()))

        @staticmethod
        def backward(context: Any, grad_out: torch.Tensor) -> torch.Tensor:
            return torch.from_numpy(np.array(context.layer.backward(grad_out.numpy())))

    x = torch.from_numpy(np.random.default_rng(0).normal(size=(4, 3, 4))).requires_grad_()
    return not torch.autograd.gradcheck(Function.apply, (x,), raise_exception=False)


def by_relative_errors(make: Make) -> bool:
    """CS231n: differences for a random upstream gradient; it prints the relative error, here 1e-6 is an alarm."""
    x, grad_out = np.random.default_rng(0).normal(size=(2, 4, 3, 5))
    layer = make(1)
    layer.forward(x)
    error = np.abs(layer.backward(grad_out) - (found := differences(make, x, grad_out, 1e-5)))
    return bool((error / np.maximum(1e-8, np.abs(found) + np.abs(layer.backward(grad_out)))).max() > 1e-6)


def by_sums(make: Make) -> bool:
    """TinyTorch: differences of ``forward(x).sum()`` in single precision, as it checks its other activations."""
    x = np.array([[0.0, 0.5, -0.5, 1.0, -1.0]], np.float32)
    layer, ones = make(1), np.ones_like(x)
    layer.forward(x)
    return not np.allclose(layer.backward(ones), differences(make, x, ones, 1e-3), rtol=5e-3, atol=1e-4)


def by_ones(make: Make) -> bool:
    """numpy-ml: PyTorch's gradient of ``softmax(x).sum()``, to three decimals."""
    rng = np.random.default_rng(0)
    for _ in range(15):
        x = rng.normal(size=(rng.integers(1, 3), rng.integers(1, 50)))
        theirs = torch.from_numpy(x).requires_grad_()
        torch.softmax(theirs, dim=1).sum().backward()
        layer = make(1)
        if np.abs(layer.backward(np.ones_like(layer.forward(x))) - theirs.grad.numpy()).max() > 1.5e-3:
            return True
    return False


def by_attention(make: Make) -> bool:
    """mytorch: attention around the softmax against PyTorch's, an upstream gradient of ones, to 1e-4."""
    q, k, v = np.random.default_rng(0).normal(size=(3, 2, 2, 8, 16)).astype(np.float32)
    theirs = [torch.from_numpy(each).requires_grad_() for each in (q, k, v)]
    torch.nn.functional.scaled_dot_product_attention(*theirs).sum().backward()
    layer = make(-1)
    weights = layer.forward(q @ k.swapaxes(-1, -2) / 4)
    grad_out = np.ones_like(weights @ v)
    grad_scores = layer.backward(grad_out @ v.swapaxes(-1, -2)) / 4
    ours = grad_scores @ k, grad_scores.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ grad_out
    return not all(np.allclose(ours, theirs.grad.numpy(), rtol=1e-4, atol=1e-4)
                   for ours, theirs in zip(ours, theirs, strict=True))


CHECKS = {"Chainrule": by_chainrule, "PyTorch, gradcheck": by_pytorch, "CS231n": by_relative_errors,
          "mytorch": by_attention, "numpy-ml": by_ones, "TinyTorch": by_sums}


def differences(make: Make, x: np.ndarray, grad_out: np.ndarray, step: float) -> np.ndarray:
    """Return the gradient of ``(forward(x) * grad_out).sum()`` by central differences, in the precision of x."""
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        above, below = (float((make(1).forward(each) * grad_out).sum()) for each in moved)
        slopes[place] = (above - below) / float(moved[0][place] - moved[1][place])
    return slopes


def accuracy(make: Make, seed: int) -> float:
    """Train digits through a softmax and squared errors; return the share of the test digits that is right."""
    chainrule.manual_seed(seed)
    x, x_test, y, y_test = train_test_split(*digits(flat=True)[:], rng=np.random.default_rng(seed))
    model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10), make(1))
    model.fit(x, np.eye(10, dtype=np.float32)[y], loss=MSELoss(), optimizer=Adam(model.parameters(), lr=0.01),
              epochs=20, batch_size=32, verbose=0)
    return float((model.predict(x_test).argmax(axis=1) == y_test).mean())


def softmaxes() -> Iterator[tuple[str, Make]]:
    """Yield the right one and every wrong one by its name."""
    yield "right", Softmax
    for mutant in (mutant for mutant in MUTANTS if mutant.subject.kind is Softmax):
        yield mutant.name.partition(": ")[2], lambda dim, mutant=mutant: mutant.of(Softmax(dim))


def main() -> None:
    """Ask every check about every softmax, and train with it; print a table."""
    stored = Stored("wrong_softmax")
    for name, make in softmaxes():
        found = {check: stored.once(lambda job=(run, make): job[0](job[1]), name, check)
                 for check, run in CHECKS.items()}
        right = [stored.once(lambda job=(make, seed): accuracy(*job), name, f"accuracy {seed}") for seed in range(3)]
        said = " | ".join("found" if each else "–" for each in found.values())
        print(f"| {name} | {said} | {np.mean(right):.1%} |")


if __name__ == "__main__":
    main()
