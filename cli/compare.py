"""Draw the curves of several runs into one picture."""

import argparse

from ..experiments import Past, draw_comparison
from ..layers.core import write_atomically

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("folders", metavar="RUN", nargs="+", help="the folder of a run")
    parser.add_argument("--output", metavar="FILE", default="comparison.png",
                        help="where the picture is written (default: comparison.png)")
    parser.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace) -> int:
    runs = [Past.read(folder) for folder in arguments.folders]
    picture = draw_comparison({run.path.name: run.rows for run in runs}, "validation is dashed")
    write_atomically(arguments.output, picture)
    print(f"{len(runs)} runs in {arguments.output}")
    return 0
