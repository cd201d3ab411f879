"""Which explanations survive the sanity checks of Adebayo et al. 2018, on digits: ``python -m benchmarks.saliency``.

Trains, for each seed, a network, another one from another seed, and one on random labels; prints the table, stores the
numbers, and with ``--pictures`` draws the pictures of docs/saliency.md.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import chainrule
from chainrule.analysis.saliency import (
    METHODS,
    cascading,
    draw_explanations,
    integrated_gradients,
    sanity_checks,
)
from chainrule.data import ArrayDataset, DataLoader, digits
from chainrule.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Trainer

__all__ = ["checks", "main", "network", "trained"]

RESULTS = Path("benchmarks", "results", "saliency.json")
PICTURES = Path("docs", "pictures")
EPOCHS, MOST_EPOCHS = 15, 150
IMAGES = 40
RULES = ("gradient", "deconvnet", "guided_backprop")
QUICK = {name: METHODS[name] for name in (*RULES, "gradient_times_input", "grad_cam", "guided_grad_cam",
                                          "layer_relevance")}       # one or two passes each


def network(seed):
    """Return conv16, conv32, pool, conv32, 64 units, 10 scores, with random weights."""
    chainrule.manual_seed(seed)
    return Sequential(Conv2d(1, 16, 3, padding=1), ReLU(), Conv2d(16, 32, 3, padding=1), ReLU(), MaxPool2d(2),
                      Conv2d(32, 32, 3, padding=1), ReLU(), Flatten(), Linear(512, 64), ReLU(), Linear(64, 10))


def trained(seed, train, by_heart=False):
    """Return a network trained for 15 epochs, or until it knows all of the training data by heart."""
    model = network(seed)
    trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=1e-3))
    loader = DataLoader(train, 32, shuffle=True, rng=np.random.default_rng(seed))
    trainer.fit(loader, EPOCHS)
    while by_heart and accuracy(model, train) < 1 and trainer.epoch < MOST_EPOCHS:
        trainer.fit(loader, 5)
    return model.eval()


def accuracy(model, data):
    """Return the share of right answers."""
    return float(np.mean(model.predict(data.x).argmax(axis=1) == data.y))


def checks(seed, methods=QUICK, images=IMAGES):
    """Return all findings for one seed, and the accuracies of the networks."""
    train, test = digits().split(rng=np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    shuffled = ArrayDataset(train.x, rng.permutation(train.y))
    model, twin, mislead = trained(seed, train), trained(seed + 100, train), trained(seed + 200, shuffled, True)
    found = {"test": accuracy(model, test), "control, test": accuracy(twin, test),
             "random labels, training": accuracy(mislead, shuffled)}
    others = {"random labels": mislead, "control: another seed": twin}
    return list(sanity_checks(model, network(seed + 300), test.x[:images], methods, others)), found


def main(arguments=None):
    """Run the checks for all seeds; print the means of the ranks' correlations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pictures", action="store_true", help="draw the pictures of the page instead")
    chosen = parser.parse_args(arguments)
    if chosen.pictures:
        draw()
        return
    runs = []
    for seed in range(chosen.seeds):
        findings, accuracies = checks(seed)
        runs.append({"seed": seed, "accuracy": accuracies,
                     "findings": [[each.check, each.method, *each.similarity] for each in findings]})
        RESULTS.write_text(json.dumps(runs, indent=1) + "\n")
    table(runs)


def table(runs):
    """Print the mean over seeds of |Spearman| for every check and method, as a table in Markdown."""
    names = list(dict.fromkeys(check for check, *_ in runs[0]["findings"]))
    methods = list(dict.fromkeys(method for _, method, *_ in runs[0]["findings"]))
    print("| check | " + " | ".join(methods) + " |")
    for name in names:
        means = [np.mean([row[2] for run in runs for row in run["findings"] if row[:2] == [name, method]])
                 for method in methods]
        print(f"| {name} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")


def draw():
    """Draw the methods on four digits, and the three rules while the weights become random, layer by layer."""
    train, test = digits().split(rng=np.random.default_rng(0))
    model = trained(0, train)
    x, names = test.x[:4], [f"a {label}" for label in test.y[:4]]
    draw_explanations(x, {name: method(model, x, test.y[:4]) for name, method in METHODS.items()},
                      PICTURES / "saliency.png", names)
    networks = {"trained": model} | dict(cascading(model, network(300)))
    one, label, rows, titles = test.x[:1], test.y[:1], {}, []
    for path, changed in networks.items():
        rows[path if path == "trained" else f"random_from layer {path}"] = np.concatenate(
            [METHODS[name](changed, one, label) for name in (*RULES, "integrated_gradients")])
    titles = [*RULES, integrated_gradients.__name__]
    draw_explanations(np.repeat(one, 4, axis=0), rows, PICTURES / "saliency_cascade.png",
                      [title.replace("_", "\n") for title in titles])


if __name__ == "__main__":
    main()
