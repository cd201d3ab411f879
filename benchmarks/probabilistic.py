"""Probabilistic backpropagation on UCI data, beside dropout and ensembles: ``python -m benchmarks.probabilistic PATH``.

PATH is a folder of data sets as the experiments of Hernández-Lobato & Adams divide them: NAME/data/data.txt, which
column is what in index_features.txt and index_target.txt, the rows of each division in index_{train,test}_K.txt.
Every finished run is stored at once; a call skips what is stored and stops after ``--seconds``. Without PATH only the
diabetes data of scikit-learn are measured.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import chainrule
from chainrule.backprop import DeepEnsemble, MCDropout, ProbabilisticBackprop
from chainrule.data import train_test_split

from .stored import Stored

__all__ = ["diabetes", "divisions", "main", "measure"]

PICTURE = Path("docs", "pictures", "probabilistic.png")
METHODS = {"probabilistic": ProbabilisticBackprop, "dropout": MCDropout, "ensemble": DeepEnsemble}


def divisions(folder):
    """Yield x_train, x_test, y_train, y_test of each division of a data set."""
    def numbers(name):
        return np.loadtxt(folder / name, ndmin=1)
    table = np.loadtxt(folder / "data.txt")
    x, y = table[:, numbers("index_features.txt").astype(int)], table[:, int(numbers("index_target.txt")[0])]
    for number in range(len(list(folder.glob("index_train_*.txt")))):
        train, test = (numbers(f"index_{part}_{number}.txt").astype(int) for part in ("train", "test"))
        yield x[train], x[test], y[train], y[test]


def diabetes():
    """Yield twenty divisions of scikit-learn's diabetes data."""
    from sklearn.datasets import load_diabetes
    x, y = load_diabetes(return_X_y=True)
    for seed in range(20):
        yield tuple(train_test_split(x, y, test_size=0.1, rng=np.random.default_rng(seed)))


def measure(method, seed, x_train, x_test, y_train, y_test):
    """Return what the predictions of one division are worth, and the seconds it took."""
    chainrule.manual_seed(seed)
    start = time.thread_time()
    prediction = METHODS[method](rng=np.random.default_rng(seed)).fit(x_train, y_train).predict(x_test)
    return {"rmse": prediction.rmse(y_test), "log likelihood": prediction.log_likelihood(y_test),
            "coverage": prediction.coverage(y_test, 0.9), "seconds": time.thread_time() - start}


def main():
    """Measure what is not stored yet, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probabilistic", description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", help="a folder of data sets with their divisions")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--picture", action="store_true", help="draw the picture of the page instead")
    options = parser.parse_args()
    if options.picture:
        draw()
        return
    chainrule.set_num_threads(1)
    stored = Stored("probabilistic", options.seconds)
    folders = [] if options.path is None else sorted(options.path.glob("*/data/data.txt"))
    for method in METHODS:
        for name, parts in [*((path.parts[-3], divisions(path.parent)) for path in folders), ("diabetes", diabetes())]:
            for number, part in enumerate(parts):
                stored.once(lambda job=(method, number, *part): measure(*job), name, method, str(number))
    table(stored.results)


def table(stored):
    """Print mean and standard error of all divisions, as a table in Markdown."""
    print("| data | method | RMSE | log likelihood | in the 90 % interval | seconds in all |")
    for name, methods in stored.items():
        for method, record in methods.items():
            if record:
                found = {key: np.array([each[key] for each in record.values()]) for key in next(iter(record.values()))}
                error = {key: values.std(ddof=1) / len(values)**0.5 if len(values) > 1 else 0.0
                         for key, values in found.items()}
                print(f"| {name} ({len(record)}) | {method} |", " | ".join(
                    f"{found[key].mean():.3f} ± {error[key]:.3f}" for key in ("rmse", "log likelihood")),
                    f"| {found['coverage'].mean():.1%} | {found['seconds'].sum():.0f} |")


def draw():
    """Draw the cubic example of the paper: twenty points, and what each method says between and beyond them."""
    from matplotlib.figure import Figure
    rng = np.random.default_rng(0)
    x = rng.uniform(-4, 4, (20, 1))
    y = x[:, 0]**3 + rng.normal(0, 3, 20)
    everywhere = np.linspace(-6, 6, 200)[:, None]
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    for axes, (name, method) in zip(figure.subplots(1, 3, sharey=True), METHODS.items(), strict=True):
        chainrule.manual_seed(0)
        mean, variance = method([100], rng=np.random.default_rng(0)).fit(x, y).predict(everywhere)
        reach = 3 * np.sqrt(variance)
        axes.fill_between(everywhere[:, 0], mean - reach, mean + reach, alpha=0.3)
        axes.plot(everywhere[:, 0], mean)
        axes.plot(everywhere[:, 0], everywhere[:, 0]**3, "k--", linewidth=0.8)
        axes.plot(x[:, 0], y, "k.", markersize=4)
        axes.set(title=name, ylim=(-200, 200), xlabel="x")
    figure.savefig(PICTURE, dpi=100)


if __name__ == "__main__":
    main()
