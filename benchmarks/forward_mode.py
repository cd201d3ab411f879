"""What products with curvature cost, and the spectra that they show: ``python -m benchmarks.forward_mode``.

Times a tangent, a Gauss–Newton product and a Hessian product against a gradient, and draws all eigenvalues of both
matrices for a small network of digits before and after training, the picture of docs/forward_mode.md.
"""

import time
from pathlib import Path

import numpy as np

import chainrule
from chainrule.backprop import gauss_newton, hessian, parameter_jacobian
from chainrule.data import ArrayDataset, DataLoader, digits
from chainrule.layers import LSTM, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Select, Take, Tanh
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Objective, Trainer

__all__ = ["costs", "main", "spectra"]

PICTURE = Path("docs", "pictures", "forward_mode.svg")
NETWORKS = {
    "dense, 64-256-256-10, 256 samples": (
        lambda: Sequential(Linear(64, 256), Tanh(), Linear(256, 256), Tanh(), Linear(256, 10)), (256, 64)),
    "convolutions, 1-16-32 and Linear, 64 pictures of 8×8": (
        lambda: Sequential(Conv2d(1, 16, 3, padding=1), ReLU(), Conv2d(16, 32, 3, padding=1), ReLU(), MaxPool2d(2),
                           Flatten(), Linear(512, 10)), (64, 1, 8, 8)),
    "LSTM, 8-64, 32 sequences of 20": (
        lambda: Sequential(LSTM(8, 64, batch_first=True), Select(0), Take(-1), Linear(64, 10)), (32, 20, 8)),
}


def costs(make, shape):
    """Return milliseconds of a gradient, and how many gradients a tangent and the two products cost."""
    rng = np.random.default_rng(0)
    chainrule.manual_seed(0)
    model, loss, x, y = make(), CrossEntropyLoss(), rng.normal(size=shape).astype(np.float32), rng.integers(
        0, 10, shape[0])
    v = rng.normal(size=sum(parameter.size for parameter in model.parameters())).astype(np.float32)
    jobs = [Objective(model, loss, x, y)]
    jobs += [lambda matrix=matrix: matrix @ v for matrix in (
        parameter_jacobian(model, x), gauss_newton(model, loss, x, y), hessian(model, loss, x, y))]
    best = np.full(len(jobs), np.inf)
    for _ in range(30):
        for index, job in enumerate(jobs[1:], 1):       # at the point that a gradient would leave
            began = time.thread_time()
            job()
            best[index] = min(best[index], time.thread_time() - began)
    for _ in range(30):
        began = time.thread_time()
        jobs[0]()
        best[0] = min(best[0], time.thread_time() - began)
    return 1000 * best[0], best[1:] / best[0]


def spectra(epochs=30):
    """Return all eigenvalues of the Hessian and the Gauss–Newton matrix, before and after training on 300 digits."""
    chainrule.manual_seed(0)
    data = digits(flat=True)
    x, y = data.x[:300].astype(np.float64), data.y[:300]
    model, loss, found = Sequential(Linear(64, 10), Tanh(), Linear(10, 10)).astype(np.float64), CrossEntropyLoss(), {}
    for when in ("before", "after"):
        if when == "after":
            trainer = Trainer(model, loss, Adam(model.parameters(), lr=0.01))
            trainer.fit(DataLoader(ArrayDataset(x, y), 50, shuffle=True), epochs=epochs)
        for name, product in (("Hessian", hessian), ("Gauss–Newton", gauss_newton)):
            matrix = product(model, loss, x, y)
            whole = matrix @ np.eye(matrix.shape[0])
            found[f"{name}, {when} training"] = np.linalg.eigvalsh((whole + whole.T) / 2)
    return found


def draw(found):
    """Draw eigenvalues by their rank."""
    from matplotlib import pyplot
    pyplot.rcParams["svg.hashsalt"] = "forward_mode"
    figure, panels = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained", sharey=True)
    for name, values in found.items():
        kind, when = name.split(", ")
        panel = panels[int(when.startswith("after"))]
        panel.plot(np.arange(len(values)), values[::-1], label=kind)
        panel.set(title=when, xlabel="rank")
        panel.set_yscale("symlog", linthresh=1e-6)
    panels[0].set_ylabel("eigenvalue")
    panels[0].legend()
    figure.savefig(PICTURE, metadata={"Date": None})


def main():
    """Print the tables, and draw."""
    chainrule.set_num_threads(1)
    print("| network | a gradient | tangent `J v` | `G v` | `H v` |\n|---|---|---|---|---|")
    for name, (make, shape) in NETWORKS.items():
        milliseconds, ratios = costs(make, shape)
        print(f"| {name} | {milliseconds:.2f} ms | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |")
    found = spectra()
    for name, values in found.items():
        share = values[-10:].sum() / values[values > 0].sum()
        print(f"{name:32s} from {values[0]:.2e} to {values[-1]:.3g}, the ten highest {share:.0%} of the positive ones; "
              f"{int((values < -1e-9).sum())} of {len(values)} are negative")
    draw(found)


if __name__ == "__main__":
    main()
