"""meProp and memorized sparse backpropagation, accuracy and time: ``python -m benchmarks.sparse_backward``.

Every finished run is stored at once; a call skips what is stored and stops after ``--seconds``.
"""

import argparse
import time

import numpy as np

import chainrule
from chainrule.backprop.sparse import MePropLinear
from chainrule.data import DataLoader, digits
from chainrule.layers import Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Trainer

from .stored import Stored

__all__ = ["main", "network", "speed"]

METHODS = {
    "dense": None,
    "meProp": {"unified": False, "memory": 0.0},
    "memorized": {"unified": False, "memory": 0.8},
    "unified meProp": {"unified": True, "memory": 0.0},
    "unified memorized": {"unified": True, "memory": 0.8},
}
EPOCHS = 60


def network(options, k=20):
    """Return 64-500-500-10; hidden layers with a sparse backward pass unless there are no options."""
    def hidden(size):
        return Linear(size, 500) if options is None else MePropLinear(size, 500, k=k, **options)
    return Sequential(hidden(64), ReLU(), hidden(500), ReLU(), Linear(500, 10))


def accuracy(options, seed):
    """Train; return the accuracy on the test digits."""
    chainrule.manual_seed(seed)
    train, test = digits(flat=True).split(rng=np.random.default_rng(seed))
    model = network(options)
    trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=1e-3))
    trainer.fit(DataLoader(train, 32, shuffle=True, rng=np.random.default_rng(seed)), epochs=EPOCHS)
    return float(np.mean(model.eval().forward(test.x).argmax(axis=1) == test.y))


def speed(features, rows, options):
    """Return the least milliseconds of a backward pass of one layer at 4 %."""
    rng, best = np.random.default_rng(0), float("inf")
    layer = Linear(features, features) if options is None else MePropLinear(features, features, k=0.04, **options)
    x, grad = (rng.normal(size=(rows, features)).astype(np.float32) for _ in range(2))
    for _ in range(30):
        layer.zero_grad()
        layer.forward(x)
        start = time.thread_time()
        layer.backward(grad)
        best = min(best, time.thread_time() - start)
    return 1000 * best


def main():
    """Measure time, and run what is not stored yet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sparse_backward", description=__doc__)
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    stored = Stored("sparse_backward", options.seconds)
    chainrule.set_num_threads(1)
    for features, rows in ((512, 32), (1024, 32), (1024, 64), (2048, 32)):
        found = {name: speed(features, rows, method) for name, method in METHODS.items()}
        stored.results.setdefault("milliseconds", {})[f"{features} wide, {rows} rows"] = found
        print(features, rows, {name: f"{found['dense'] / value:.1f}" for name, value in found.items()})
    stored.write()
    for seed in range(options.seeds):
        for name, method in METHODS.items():
            stored.once(lambda job=(method, seed): accuracy(*job), "accuracy", name, str(seed))
    for name, record in stored.results["accuracy"].items():
        values = 100 * np.array(list(record.values()))
        spread = values.std(ddof=1) if len(values) > 1 else np.nan
        print(f"{name:20s} {values.mean() if len(values) else np.nan:6.2f} ± {spread:.2f}  {len(values)}")


if __name__ == "__main__":
    main()
