"""The tricks of *Efficient BackProp* on digits, each left out or put in: ``python -m benchmarks.efficient_backprop``.

Every variant has a learning rate of its own: the one with the least error on a validation part, in the mean over all
seeds, among 1, 3, 10, 30 … thousandths, up or down as long as it gets better. With it, it trains on both parts and is
judged on a test part that nothing was chosen on. Results are stored as they come; what is stored is not run again.
"""

import argparse
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

import chainrule
from chainrule.backprop import DiagonalLM
from chainrule.data import ArrayDataset, DataLoader, Decorrelate, EmphasisSampler, Standardize, digits
from chainrule.layers import LeCunTanh, Linear, RadialBasis, Sigmoid
from chainrule.layers.core import NonFiniteError
from chainrule.layers.init import lecun_normal_, normal_, zeros_
from chainrule.losses import ClassMSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer

from .stored import Stored

__all__ = ["RECIPES", "Recipe", "main", "run"]

PICTURE = Path("docs", "pictures", "efficient_backprop.svg")
EPOCHS, HIDDEN, SEEDS = 15, 64, 3


@dataclass(frozen=True)
class Recipe:
    """How the network is made and trained: the defaults are the paper's advice."""

    order: str = "shuffled"             # or sorted by class, or with emphasis on errors
    batch_size: int | None = 4
    inputs: str = "standardised"        # or raw, or decorrelated
    unit: type = LeCunTanh
    high: float = 1.0
    low: float = -1.0
    init: str = "lecun"                 # or normal, of deviation 1
    rates: str = "curvature"            # of each weight, or one for all
    momentum: float = 0.0
    output: type = Linear               # with a unit behind it; or RadialBasis


ALL = Recipe()
RECIPES = {
    "all tricks": ALL,
    "no shuffling: sorted by class": replace(ALL, order="sorted"),
    "emphasis on errors": replace(ALL, order="emphasis"),
    "no stochastic updates: full batches": replace(ALL, batch_size=None),
    "no normalised inputs: 0 to 16": replace(ALL, inputs="raw"),
    "decorrelated inputs": replace(ALL, inputs="decorrelated"),
    "no scaled tanh: logistic units, targets 0 and 1": replace(ALL, unit=Sigmoid, high=1.0, low=0.0),
    "targets at the asymptotes, ±1.7159": replace(ALL, high=1.7159, low=-1.7159),
    "no initial values by fan-in: deviation 1": replace(ALL, init="normal"),
    "one rate for all weights": replace(ALL, rates="one"),
    "one rate, momentum 0.9": replace(ALL, rates="one", momentum=0.9),
    "radial basis units at the end": replace(ALL, output=RadialBasis, high=0.9, low=0.1),
    "no trick at all": Recipe("sorted", None, "raw", Sigmoid, 1.0, 0.0, "normal", "one"),
}


def run(recipe, rate, seed, final, epochs=EPOCHS):
    """Train a network of 64-64-64-10; return its error, in percent, on the validation part or, ``final``, the test."""
    train, judged = digits(flat=True).split(rng=np.random.default_rng(seed))
    if not final:
        train, judged = train.split(0.2, rng=np.random.default_rng(seed))
    scale = prepared(recipe, train.x)
    train, judged = (ArrayDataset(scale(part.x), part.y) for part in (train, judged))
    if recipe.order == "sorted":
        train = ArrayDataset(*train[np.argsort(train.y, kind="stable")])
    chainrule.manual_seed(seed)
    model = network(recipe, train, np.random.default_rng(seed))
    loss, errors = (ClassMSELoss(recipe.high, recipe.low, reduction) for reduction in ("mean", "none"))
    optimizer = DiagonalLM(model.parameters(), lr=rate) if recipe.rates == "curvature" else SGD(
        model.parameters(), lr=rate, momentum=recipe.momentum)
    sampler = EmphasisSampler(lambda: errors.forward(model.predict(train.x), train.y), len(train))
    loader = DataLoader(train, recipe.batch_size, recipe.order == "shuffled", rng=np.random.default_rng(seed),
                        sampler=sampler if recipe.order == "emphasis" else None)
    try:
        Trainer(model, loss, optimizer).fit(loader, epochs)
    except NonFiniteError:
        return 100.0            # it flew apart
    return 100 * float(np.mean(model.predict(judged.x).argmax(axis=1) != judged.y))


def prepared(recipe, x):
    """Return the function that inputs go through, as learned from the training part."""
    if recipe.inputs == "raw":
        return lambda samples: 16 * samples
    return (Standardize() if recipe.inputs == "standardised" else Decorrelate()).fit(x).transform


def network(recipe, train, rng):
    """Return the network of a recipe with its initial weights."""
    sizes = [train.x.shape[1], HIDDEN, HIDDEN, 10]
    layers = [layer for one, two in pairwise(sizes) for layer in (Linear(one, two), recipe.unit())]
    for linear in layers[::2]:
        zeros_(linear.bias)
        lecun_normal_(linear.weight, rng=rng) if recipe.init == "lecun" else normal_(linear.weight, rng=rng)
    if recipe.output is RadialBasis:
        layers[-2:] = [radial_output(Sequential(*layers[:-2]), train, rng)]
    return Sequential(*layers)


def radial_output(hidden, train, rng):
    """Return ten radial basis units whose centres are, at first, the mean of each class behind the hidden layers."""
    units, y = RadialBasis(HIDDEN, 10, rng=rng), hidden.predict(train.x)
    units.centre.data = np.stack([y[train.y == label].mean(axis=0) for label in range(10)])
    return units


def rate_of(step):
    """Return 1, 3, 10, 30, … for 0, 1, 2, 3, …, and 0.3, 0.1, … before."""
    return float(f"{(1, 3)[step % 2]}e{step // 2}")


def search(name, seeds, stored):
    """Fill in what is not known yet: the mean validation error of rates around the best one, and its test errors."""
    recipe = RECIPES[name]

    def errors(step, final=False):
        return [run(recipe, rate_of(step), seed, final) for seed in range(seeds)]

    def error(step):
        return np.mean(stored.once(lambda: errors(step), name, "validation", f"{rate_of(step):g}"))

    step, best = None, -4 if recipe.rates == "curvature" else -2
    while step != best:
        step, best = best, min((best, best - 1, best + 1), key=error)
    stored.once(lambda: rate_of(best), name, "rate")
    stored.once(lambda: errors(best, final=True), name, "test")


def draw(found):
    """Draw the test errors: a bar up to the mean, a point for each seed."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.2), layout="constrained")
    axes = figure.subplots()
    for place, (name, each) in enumerate(reversed(found.items())):
        axes.barh(place, np.mean(each["test"]), color="C0" if name == "all tricks" else "0.75")
        axes.plot(each["test"], [place] * len(each["test"]), "k.", markersize=4)
    axes.axvline(4, color="C3", linewidth=0.8)
    axes.set(yticks=range(len(found)), yticklabels=list(found)[::-1], xscale="log", xlim=(1, 100),
             xlabel="test error, % (the line: 4 %)", xticks=(1, 2, 5, 10, 20, 50, 100),
             xticklabels=(1, 2, 5, 10, 20, 50, 100))
    axes.tick_params(axis="y", labelsize=8)
    with rc_context({"svg.hashsalt": "efficient_backprop", "svg.fonttype": "none"}):
        figure.savefig(PICTURE, metadata={"Date": None})


def main(arguments=None):
    """Run what is not stored yet, print the table, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    chosen = parser.parse_args(arguments)
    stored = Stored("efficient_backprop")
    for name in RECIPES:
        search(name, chosen.seeds, stored)
    found = stored.results
    draw(found)
    print("| variant | rate | test error of each seed, % | mean, % |\n|---|---|---|---|")
    for name, each in found.items():
        errors = ", ".join(f"{error:.1f}" for error in each["test"])
        print(f"| {name} | {each['rate']:g} | {errors} | {np.mean(each['test']):.1f} |")


if __name__ == "__main__":
    main()
