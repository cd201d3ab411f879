"""Cross-validate a config: a run for each fold of the data, which is held out, and mean and deviation of them all."""

import argparse

from ..experiments import how_to_resume, run_folds
from ..training import CrossValidation
from .config import add_config

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.add_argument("--folds", metavar="N", type=int, default=5, help="how many folds there are (default: 5)")
    parser.add_argument("--runs", metavar="DIR", default="runs", help="where their folders are made (default: runs)")
    parser.set_defaults(run=_folds, parser=parser)


def _folds(arguments: argparse.Namespace) -> int:
    if arguments.folds < 2:
        arguments.parser.error(f"expected --folds as at least 2, got {arguments.folds}")
    judged = CrossValidation([])
    for ended in run_folds(arguments.config, arguments.folds, arguments.overrides, arguments.runs):
        if ended.signal is not None:
            print(f"interrupted by {ended.signal.name}; saved in {ended.path}; {how_to_resume(ended.path)}")
            return 128 + ended.signal
        judged.folds.append({name: value for name, value in ended.result.items() if name.startswith("test_")})
        shown = [f"{name} {value:.4g}" for name, value in judged.folds[-1].items() if isinstance(value, float)]
        print("  ".join([f"fold {len(judged.folds)} of {arguments.folds}", *shown, str(ended.path)]), flush=True)
    mean, deviation = judged.mean(), judged.deviation()
    print("  ".join(f"{name} {mean[name]:.4g} ± {deviation[name]:.2g}" for name in mean))
    return 0
