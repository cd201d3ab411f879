"""Judge the network of a run on all parts of its data again: loss and metrics."""

import argparse

from ..experiments import WEIGHTS, open_trained
from .config import add_plugins

__all__ = ["add_run", "configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_run(parser)
    parser.set_defaults(run=_evaluate)


def add_run(parser: argparse.ArgumentParser) -> None:
    """Let a command take a run, and which of its weights."""
    parser.add_argument("folder", metavar="RUN", help="the folder of a run")
    parser.add_argument("--weights", choices=WEIGHTS, default="final",
                        help="those at the end (default), of the best epoch, or of the last checkpoint")
    add_plugins(parser)


def _evaluate(arguments: argparse.Namespace) -> int:
    experiment = open_trained(arguments.folder, arguments.weights).experiment
    for part, found in experiment.judge_all().items():
        shown = [f"{name} {value:.6g}" for name, value in found.items() if isinstance(value, (int, float))]
        print(f"{part:10}  {'  '.join(shown)}")
    return 0
