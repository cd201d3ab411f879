"""Train what a config describes, and keep the run in a folder of its own."""

import argparse

from ..experiments import run
from .config import add_config, config_of

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.add_argument("--runs", metavar="DIR", default="runs", help="where the run's folder is made (default: runs)")
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> int:
    ended = run(config_of(arguments), arguments.runs)
    for text in sorted(ended.path.glob("*.txt")):
        print(text.read_text(encoding="utf-8"))
    judged = [f"{name} {value:.4g}" for name, value in ended.result.items()
              if name.startswith("test_") and isinstance(value, float)]
    if judged:
        print("  ".join(judged))
    print(f"{'' if ended.signal is None else f'interrupted by {ended.signal.name}; '}saved in {ended.path}")
    return 0 if ended.signal is None else 128 + ended.signal
