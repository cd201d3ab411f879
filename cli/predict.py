"""Let the network of a run answer the samples in a file; a CSV is printed, or written."""

import argparse
import sys
from pathlib import Path

from ..data import Preparation
from ..experiments import PREPARATION, open_trained, predict_file
from ..layers.core import write_atomically
from .evaluate import add_run

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_run(parser)
    parser.add_argument("file", metavar="FILE", help="a table (.csv), arrays (.npz, .npy) or an image (.png, …)")
    parser.add_argument("--output", metavar="FILE", help="where the CSV is written, instead of printed")
    parser.set_defaults(run=_predict)


def _predict(arguments: argparse.Namespace) -> int:
    experiment = open_trained(arguments.folder, arguments.weights).experiment
    kept = Path(arguments.folder) / PREPARATION
    table = predict_file(experiment, arguments.file, Preparation.load(kept) if kept.exists() else None)
    if arguments.output is None:
        sys.stdout.write(table)
    else:
        write_atomically(arguments.output, table.encode())
        print(f"{len(table.splitlines()) - 1} predictions in {arguments.output}")
    return 0
