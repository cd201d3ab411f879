"""Build everything a config describes, print the summary of the network, train nothing."""

import argparse

from ..experiments import Experiment
from .config import add_config, config_of

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    experiment = config_of(arguments).experiment
    print(experiment.summary())
    print()
    print("\n".join(_facts(experiment)))
    return 0


def _facts(experiment: Experiment) -> list[str]:
    trainer = experiment.trainer
    rows = [("samples", ", ".join(f"{len(part)} for {name}" for name, part in experiment.parts().items())),
            ("steps", f"{experiment.epochs} epochs of {len(experiment.loader)}"),
            ("loss", ", ".join([trainer.loss.title, *(type(penalty).__name__ for penalty in trainer.penalties)])),
            ("optimizer", type(trainer.optimizer).__name__),
            ("metrics", ", ".join(metric.name for metric in trainer.metrics) or "none")]
    return [f"{name:10} {fact}" for name, fact in rows]
