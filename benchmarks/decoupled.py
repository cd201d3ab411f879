"""Synthetic gradients on the digits against backpropagation and frozen layers: ``python -m benchmarks.decoupled``.

Every finished run is stored at once; a call skips what is stored and stops after ``--seconds``.
"""

import argparse

import numpy as np

import chainrule
from chainrule.backprop.synthetic import DecoupledTrainer, SyntheticGradient, predictor_network
from chainrule.data import DataLoader, digits
from chainrule.layers import BatchNorm1d, Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Trainer

from .stored import Stored

__all__ = ["main", "network"]

WIDTH = 256
EPOCHS = 60


def network(layers, norm):
    """Return a network of so many linear layers, and the places between its layers."""
    parts, cuts = [], []
    for index in range(layers - 1):
        parts += [Linear(64 if index == 0 else WIDTH, WIDTH), *([BatchNorm1d(WIDTH)] if norm else []), ReLU()]
        cuts.append(len(parts))
    return Sequential(*parts, Linear(WIDTH, 10)), cuts


def accuracy(method, layers, norm, seed):
    """Train with a method; return the accuracy on the test digits."""
    chainrule.manual_seed(seed)
    train, test = digits(flat=True).split(rng=np.random.default_rng(seed))
    model, cuts = network(layers, norm)
    loss = CrossEntropyLoss()
    if method == "frozen":
        model[:-1].requires_grad_(False)
    optimizer = Adam(model.parameters(), lr=1e-3)
    if method in ("backprop", "frozen"):
        trainer = Trainer(model, loss, optimizer)
    else:
        classes = 10 if method == "conditioned" else 0
        predictors = []
        for _ in cuts:
            inner = predictor_network(WIDTH + classes, WIDTH)
            predictors.append(SyntheticGradient(inner, Adam(inner.parameters(), lr=1e-3), classes))
        trainer = DecoupledTrainer(model, loss, optimizer, cuts, predictors)
    trainer.fit(DataLoader(train, 50, shuffle=True, rng=np.random.default_rng(seed)), epochs=EPOCHS)
    predicted = model.eval().forward(test.x).argmax(axis=1)
    return float(np.mean(predicted == test.y))


def main():
    """Run what is not stored yet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoupled", description=__doc__)
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    stored = Stored("decoupled", options.seconds)
    for seed in range(options.seeds):
        for layers, norm in ((3, False), (4, False), (6, True)):
            for method in ("backprop", "conditioned") if norm else ("backprop", "conditioned", "frozen", "plain"):
                name = f"{layers} layers{' with batch norm' if norm else ''}, {method}"
                stored.once(lambda job=(method, layers, norm, seed): accuracy(*job), name, str(seed))
    for name, record in stored.results.items():
        values = 100 * np.array(list(record.values()))
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
        print(f"{name:40s} {values.mean() if len(values) else np.nan:6.2f} ± {error:.2f}  {len(values)}")


if __name__ == "__main__":
    main()
