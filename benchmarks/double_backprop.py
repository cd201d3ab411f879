"""What prices on derivatives do to a network of digits, and what they cost: ``python -m benchmarks.double_backprop``.

Trains 64-64-10 on 100 labels under each penalty, times the shortcut of locally linear networks against the general
way, stores both, and draws the picture of docs/double_backprop.md.
"""

import time
from pathlib import Path

import numpy as np

import chainrule
from chainrule.backprop import GradientPenalty, JacobianPenalty, double_backward, jacobian_norms
from chainrule.data import ArrayDataset, DataLoader, digits
from chainrule.layers import Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Trainer

from .stored import Stored

__all__ = ["main", "trained", "way_back"]

PICTURE = Path("docs", "pictures", "double_backprop.svg")
PENALTIES = {
    "Jacobian, exact": lambda model, loss, weight: JacobianPenalty(model, weight),
    "Jacobian, one projection": lambda model, loss, weight: JacobianPenalty(model, weight, projections=1),
    "gradient of the loss": lambda model, loss, weight: GradientPenalty(model, loss, weight),
}
WEIGHTS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
SEEDS = 5


def trained(kind, weight, seed):
    """Train on 100 labels; return the percentage of right answers, the mean norm of the Jacobian, and seconds."""
    chainrule.manual_seed(seed)
    train, test = digits(flat=True).split(rng=np.random.default_rng(seed))
    model, loss = Sequential(Linear(64, 64), ReLU(), Linear(64, 10)), CrossEntropyLoss()
    penalties = [PENALTIES[kind](model, loss, weight)] if weight else []
    trainer = Trainer(model, loss, Adam(model.parameters(), lr=0.01), penalties=penalties)
    few, began = ArrayDataset(train.x[:100], train.y[:100]), time.thread_time()
    trainer.fit(DataLoader(few, 25, shuffle=True), epochs=40)
    seconds = time.thread_time() - began
    right = np.mean(model.predict(test.x).argmax(axis=1) == test.y)
    return [float(100 * right), float(jacobian_norms(model, test.x).mean()), seconds]


def way_back(shortcut, depth=8, width=256, rows=256):
    """Return the least milliseconds of forward and double backward through so many layers of ReLU."""
    rng, best = np.random.default_rng(0), float("inf")
    layers = [layer for _ in range(depth) for layer in (Linear(width, width, rng=rng), ReLU())]
    model = Sequential(*layers, Linear(width, 1, rng=rng))
    x, u = rng.normal(size=(rows, width)).astype(np.float32), np.ones((rows, 1), np.float32)
    for _ in range(30):
        began = time.thread_time()
        model.forward(x)
        double_backward(model, u, lambda grad_x: (float((grad_x**2).sum()) / 2, grad_x), shortcut=shortcut)
        best = min(best, time.thread_time() - began)
    return 1000 * best


def draw(results):
    """Draw accuracy and norm of the Jacobian against the weight of the penalty, means of all seeds."""
    from matplotlib import pyplot
    pyplot.rcParams["svg.hashsalt"] = "double_backprop"
    figure, panels = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for kind in PENALTIES:
        means = np.array([np.mean(list(results[kind][str(weight)].values()), axis=0) for weight in WEIGHTS])
        for panel, column, label in zip(panels, means.T, ("right answers, %", "mean norm of the Jacobian"),
                                        strict=False):
            panel.plot(WEIGHTS, column, "o-", label=kind)
            panel.set(xlabel="weight of the penalty", ylabel=label)
            panel.set_xscale("symlog", linthresh=WEIGHTS[1])
    panels[1].set_yscale("log")
    panels[1].legend(fontsize=8)
    figure.savefig(PICTURE, metadata={"Date": None})


def main():
    """Run what is not stored yet, print the tables, and draw."""
    stored = Stored("double_backprop")
    chainrule.set_num_threads(1)
    for kind in PENALTIES:
        for weight in WEIGHTS:
            found = np.array([stored.once(lambda job=(kind, weight, seed): trained(*job), kind, str(weight), str(seed))
                              for seed in range(SEEDS)])
            (right, norm, seconds), spread = found.mean(axis=0), found.std(axis=0, ddof=1)
            print(f"{kind:26s} {weight:6g}  {right:.1f} ± {spread[0]:.1f} %  {norm:.2f} ± {spread[1]:.2f}  "
                  f"{seconds:.2f} s")
    for name, shortcut in (("shortcut", True), ("general", False)):
        milliseconds = stored.once(lambda way=shortcut: way_back(way), "milliseconds", name)
        print(f"{name:26s} {milliseconds:.1f} ms")
    draw(stored.results)


if __name__ == "__main__":
    main()
