"""Learn the numbers of a table with their uncertainty, and tell how far the predictions can be trusted."""

import argparse
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ..backprop.probabilistic import DeepEnsemble, MCDropout, Prediction, ProbabilisticBackprop, UncertainRegressor
from ..data import ArrayDataset, csv_file, train_test_split
from ..data.csv_text import CsvFormat
from ..layers.core import Array, ValueRangeError, check_range, check_size, manual_seed, write_atomically

__all__ = ["configure"]

METHODS: dict[str, Callable[..., UncertainRegressor]] = {
    "probabilistic": ProbabilisticBackprop, "dropout": MCDropout, "ensemble": DeepEnsemble}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("data", metavar="TABLE", type=Path, help="a CSV file, or numbers with blanks between them")
    parser.add_argument("--label", metavar="COLUMN", help="the column to be predicted (default: the last)")
    parser.add_argument("--method", choices=(*METHODS, "all"), default="probabilistic",
                        help="probabilistic backpropagation (default), dropout in predicting, an ensemble of networks")
    parser.add_argument("--splits", metavar="N", type=int, default=5,
                        help="how often the table is divided anew (default: 5)")
    parser.add_argument("--test-size", metavar="SHARE", type=float, default=0.1, help="held out (default: 0.1)")
    parser.add_argument("--hidden", metavar="N", type=int, default=50, help="hidden units (default: 50)")
    parser.add_argument("--epochs", metavar="N", type=int, default=40, help="passes over the data (default: 40)")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of divisions and weights (default: 0)")
    parser.add_argument("--output", metavar="FILE", type=Path,
                        help="write the predictions of what was held out, one method, as CSV")
    parser.set_defaults(run=_uncertainty)


def _uncertainty(arguments: argparse.Namespace) -> int:
    for name, least in (("splits", 1), ("hidden", 1), ("epochs", 1), ("seed", 0)):
        check_size(getattr(arguments, name), f"--{name}", "uncertainty", least=least)
    check_range(arguments.test_size, 0, 1, name="--test-size", owner="uncertainty", open_low=True, open_high=True)
    names = list(METHODS) if arguments.method == "all" else [arguments.method]
    if arguments.output is not None and len(names) > 1:
        raise ValueRangeError("uncertainty expected one --method with --output, got all")
    data = _read(arguments.data, arguments.label)
    print(f"{len(data.x)} rows, {data.x.shape[1]} features, {arguments.splits} divisions")
    print(f"{'':14}{'RMSE':>18}{'log likelihood':>20}{'in the 90 % interval':>23}")
    rows: list[tuple[object, ...]] = []
    for name in names:
        worth = []
        for split, held, y, prediction in _predictions(METHODS[name], data, arguments):
            worth.append((prediction.rmse(y), prediction.log_likelihood(y), prediction.coverage(y, 0.9)))
            low, high = prediction.interval(0.9)
            numbers = np.column_stack([y, prediction.mean, np.sqrt(prediction.variance), low, high])
            rows += [(split, row + 1, *(f"{number:.8g}" for number in line))
                     for row, line in zip(held, numbers, strict=True)]
        mean, error = np.mean(worth, axis=0), np.std(worth, axis=0) / max(1, len(worth) - 1) ** 0.5
        print(f"{name:14}{mean[0]:10.4g} ± {error[0]:5.2g}{mean[1]:12.3f} ± {error[1]:5.3f}{mean[2]:23.1%}", flush=True)
    if arguments.output is not None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("split", "row", "target", "mean", "deviation", "low", "high"), *rows])
        write_atomically(arguments.output, text.getvalue().encode())
        print(f"wrote {arguments.output}")
    return 0


def _predictions(method: Callable[..., UncertainRegressor], data: ArrayDataset,
                 arguments: argparse.Namespace) -> Iterator[tuple[int, Array, Array, Prediction]]:
    """Yield for each division its number, which rows are held out, their targets, and what is predicted for them."""
    x, y = data.x.astype(np.float64), np.asarray(data.y, np.float64)[:, 0]
    for split in range(arguments.splits):
        rng = np.random.default_rng([arguments.seed, split])
        manual_seed(arguments.seed + split)
        train, held = train_test_split(np.arange(len(x)), test_size=arguments.test_size, rng=rng)
        regressor = method([arguments.hidden], arguments.epochs, rng=rng)
        yield split, held, y[held], regressor.fit(x[train], y[train]).predict(x[held])


def _read(path: Path, label: str | None) -> ArrayDataset:
    plain = _plain_numbers(path)
    if plain is None:
        return csv_file(path, label=CsvFormat().read(path).names[-1] if label is None else label, label_type="number")
    if label is not None:
        raise ValueRangeError(f"uncertainty expected no --label for {path}, whose columns have no names; the last is "
                              f"predicted")
    return plain


def _plain_numbers(path: Path) -> ArrayDataset | None:
    """Return a table of numbers with blanks between them, as many of UCI are; None if the file is none."""
    try:
        with path.open(encoding="utf-8") as lines:
            rows = [[float(cell) for cell in line.split()] for line in lines if line.strip()]
    except ValueError:          # words, commas, bytes that are no text
        return None
    if not rows or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return None
    numbers = np.array(rows, np.float32)
    return ArrayDataset(numbers[:, :-1], numbers[:, -1:])
