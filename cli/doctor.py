"""Examine what a config describes before it is trained, a line of verdict for every sanity check; or the machine."""

import argparse
from functools import partial

from ..analysis.doctor import Patient, examine
from ..experiments import bug_report
from .config import add_config, config_of

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser, required=False)
    parser.add_argument("--seconds", metavar="N", type=float, default=20.0,
                        help="how long a check may train (default: 20)")
    parser.add_argument("--environment", action="store_true", help="instead of a CONFIG: print what a report of a bug "
                                                                   "needs, versions, BLAS, threads")
    parser.set_defaults(run=partial(_doctor, parser))


def _doctor(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    if (arguments.config is None) != arguments.environment:
        parser.error("expected a CONFIG or --environment, one of them")
    if arguments.environment:
        print("\n".join(bug_report()))
        return 0
    experiment = config_of(arguments).experiment
    patient = Patient(experiment.trainer, experiment.loader, experiment.first_samples, arguments.seconds)
    worst = 0
    for verdict in examine(patient):
        print(verdict, flush=True)
        worst = max(worst, int(verdict.grade == "bad"))
    return worst
