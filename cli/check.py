"""Build everything a config describes, print the network and its costs, warn of likely mistakes, train nothing."""

import argparse
import math

from ..analysis.doctor import Plan, expected_memory, suspect_planning, suspect_wiring
from ..experiments import Experiment
from ..layers.core import flatten
from ..training import GANTrainer
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
    for warning in _warnings(experiment):
        print(f"warning: {warning}")
    return 0


def _facts(experiment: Experiment) -> list[str]:
    trainer = experiment.trainer
    rows = [("samples", ", ".join(f"{len(part)} for {name}" for name, part in experiment.parts().items())),
            ("steps", f"{experiment.epochs} epochs of {len(experiment.loader)}"),
            ("loss", ", ".join([trainer.loss.title, *(type(penalty).__name__ for penalty in trainer.penalties)])),
            ("optimizer", type(trainer.optimizer).__name__),
            ("metrics", ", ".join(metric.name for metric in trainer.metrics) or "none"),
            ("memory", _memory(experiment))]
    return [f"{name:10} {fact}" for name, fact in rows]


def _batch_size(experiment: Experiment) -> int:
    return min(experiment.loader.batch_size or len(experiment.loader.dataset), len(experiment.loader.dataset))


def _memory(experiment: Experiment) -> str:
    """Return the memory of a step; that of its caches is that of one micro-batch, if there are any."""
    trainer, size = experiment.trainer, _batch_size(experiment)
    at_once = min(size, trainer.micro_batch_size or size)
    x, _ = experiment.first_samples(at_once)
    others = [trainer.discriminator_optimizer] if isinstance(trainer, GANTrainer) else []
    memory = expected_memory(trainer.model, tuple(array.shape for array in flatten(x)), trainer.optimizer, *others)
    return (f"{_bytes(memory.total)} for a step: parameters {_bytes(memory.parameters)}, gradients "
            f"{_bytes(memory.gradients)}, optimizer {_bytes(memory.optimizer)}, caches of {at_once} samples "
            f"{_bytes(memory.caches)}")


def _bytes(count: float) -> str:
    power = min(int(math.log10(max(count, 1)) / 3), 4)
    return f"{count / 1000**power:.3g} {('B', 'kB', 'MB', 'GB', 'TB')[power]}"


def _warnings(experiment: Experiment) -> list[str]:
    if isinstance(experiment.trainer, GANTrainer):      # its two networks play by other rules
        return []
    plan = Plan(experiment.trainer, experiment.loader.dataset, _batch_size(experiment), experiment.epochs,
                len(experiment.parts()) > 1)
    return [*suspect_wiring(plan), *suspect_planning(plan)]
