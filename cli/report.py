"""Write the page of a run, report.html, anew: from its metrics and its weights."""

import argparse
from pathlib import Path

from ..experiments import REPORT, Past, open_trained, page_of
from ..layers.core import write_atomically
from .evaluate import add_run

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_run(parser)
    parser.add_argument("--output", metavar="FILE", help=f"where to write it (default: {REPORT} in the run's folder)")
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    past = Past.read(arguments.folder)
    experiment = open_trained(past.path, arguments.weights).experiment
    target = Path(arguments.output or past.path / REPORT)
    page = page_of(experiment, past.rows, {"status": past.status, **past.result}, past.path.name)
    write_atomically(target, page)
    print(f"written to {target}")
    return 0
