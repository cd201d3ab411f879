"""Examine what a config describes before it is trained: a line of verdict for every sanity check, with the fix."""

import argparse

from ..analysis.doctor import Patient, examine
from .config import add_config, config_of

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.add_argument("--seconds", metavar="N", type=float, default=20.0,
                        help="how long a check may train (default: 20)")
    parser.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    experiment = config_of(arguments).experiment
    patient = Patient(experiment.trainer, experiment.loader, experiment.first_samples, arguments.seconds)
    worst = 0
    for verdict in examine(patient):
        print(verdict, flush=True)
        worst = max(worst, int(verdict.grade == "bad"))
    return worst
