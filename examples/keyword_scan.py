"""A word at places where it never stood in training: a scanning network finds it, a perceptron of the same size fails.

Given a folder, the script draws both networks' curves into it.
"""

import sys
from pathlib import Path

import numpy as np

import chainrule as cr
from chainrule.data import keyword
from chainrule.layers import Conv1d, Flatten, GlobalMaxPool, Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential, summary
from chainrule.optim import Adam, CosineAnnealingLR

SEEN, UNSEEN, EPOCHS = (0, 16), (32, 48), 20        # a word is 16 long: the two share no place of the signal of 64


def learn(model, seed):
    """Train on words at seen places; return the accuracy at unseen ones after each epoch, and at every place."""
    rng = np.random.default_rng(seed)
    train, unseen = keyword(2400, starts=SEEN, rng=rng), keyword(450, starts=UNSEEN, rng=rng)
    optimizer = Adam(model.parameters(), lr=0.01)
    history = model.fit(*train[:], loss=CrossEntropyLoss(), optimizer=optimizer, epochs=EPOCHS, metrics=["accuracy"],
                        schedule=CosineAnnealingLR(optimizer, EPOCHS), validation_data=unseen[:], verbose=0, rng=rng)
    places = {}
    for start in range(0, 49, 4):
        x, y = keyword(300, starts=(start, start), rng=rng)[:]
        places[start] = (model.predict(x).argmax(axis=1) == y).mean()
    return [row["val_accuracy"] for row in history], places


def draw(curves, file):
    """Draw accuracy by epoch and by place."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    mpl.rcParams.update({"svg.hashsalt": "chainrule", "svg.fonttype": "none"})     # the same file every time
    figure = Figure((9, 3), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for name, (epochs, places) in curves.items():
        left.plot(range(1, EPOCHS + 1), epochs, label=name)
        right.plot(*zip(*places.items(), strict=True), "o-", label=name)
    right.axvspan(*SEEN, color="0.9", label="trained here")
    left.set(xlabel="epoch", ylabel="accuracy", title="words at unseen places", ylim=(0, 1.05),
             xticks=range(0, EPOCHS + 1, 5))
    right.set(xlabel="place where the word begins", title="after training")
    for axes in (left, right):
        axes.axhline(1 / 3, color="0.5", linestyle=":", linewidth=1)
    right.legend(loc="lower left")
    figure.savefig(file, metadata={"Date": None})


def main(seed=0):
    """Train both networks and print what they reach; return their curves."""
    cr.manual_seed(seed)
    models = {"scanning network": Sequential(Conv1d(1, 64, 16, padding=15), ReLU(), GlobalMaxPool(), Linear(64, 3)),
              "perceptron": Sequential(Flatten(), Linear(64, 19), ReLU(), Linear(19, 3))}
    curves = {}
    for name, model in models.items():
        curves[name] = learn(model, seed)
        print(f"{name}, {summary(model, (1, 64)).total.parameters} parameters")
        for start, accuracy in curves[name][1].items():
            place = "seen" if start <= SEEN[1] else "unseen" if start >= UNSEEN[0] else "between"
            print(f"  begins at {start:2}  {place:7}  {accuracy:.2f}  {'#' * round(40 * accuracy)}")
    return curves


if __name__ == "__main__":
    found = main()
    if sys.argv[1:]:
        draw(found, Path(sys.argv[1]) / "keyword_scan.svg")
