"""Tell which explanations of a trained network depend on what it has learned, after Adebayo et al. 2018."""

import argparse
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from ..analysis.saliency import METHODS, Finding, sanity_checks, survives
from ..experiments import Experiment, open_config, open_trained
from ..layers.core import Array, DtypeError, Layer, UnknownNameError, ValueRangeError
from ..losses import ClassLoss
from .evaluate import add_run

__all__ = ["configure"]

METRICS = ("spearman_abs", "spearman", "ssim_abs", "ssim", "hog")
USUAL = ("gradient", "deconvnet", "guided_backprop", "gradient_times_input")
KNOWN = 0.99        # of the random labels by heart


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_run(parser)
    parser.add_argument("--method", metavar="NAME", action="append", default=[],
                        help=f"{', '.join(METHODS)} (default: {', '.join(USUAL)}; may be repeated)")
    parser.add_argument("--samples", metavar="N", type=int, default=50, help="of the data held out (default: 50)")
    parser.add_argument("--metric", choices=METRICS, default="spearman_abs",
                        help="what is shown (default: spearman_abs, the correlation of ranks without signs)")
    parser.add_argument("--train", action="store_true",
                        help="train two networks besides: one from another seed, one on random labels until it knows "
                             "them by heart, for ten times the config's epochs at most")
    parser.set_defaults(run=_sanity)


def _sanity(arguments: argparse.Namespace) -> int:
    names = tuple(dict.fromkeys(arguments.method)) or USUAL
    for name in names:
        if name not in METHODS:
            raise UnknownNameError.of("method", name, METHODS)
    if arguments.samples < 1:
        raise ValueRangeError(f"--samples expected at least 1, got {arguments.samples}")
    opened = open_trained(arguments.folder, arguments.weights)
    found = opened.resolved["seed"] if isinstance(opened.resolved, dict) else 0
    seed = found if isinstance(found, int) else 0
    config, experiment = Path(arguments.folder) / "config.yaml", opened.experiment
    if not isinstance(experiment.trainer.loss, ClassLoss):
        raise DtypeError(f"sanity expected a network that tells classes apart, got one with "
                         f"{experiment.trainer.loss.title}")

    def another(number: int) -> Experiment:
        return open_config(config, [f"seed={seed + number}"]).experiment

    others: dict[str, Layer] = {}
    if arguments.train:
        control, mislead = another(1), another(2)
        control.run()
        others = {"another seed": control.model, "random labels": _by_heart(mislead)}
    methods = {name: METHODS[name] for name in names}
    x = _held_out(experiment, arguments.samples)
    checks = sanity_checks(experiment.model, another(3).model, x, methods, others)
    findings = list(_printed(checks, names, arguments.metric))
    for name in names:
        print(f"{name} {'survives' if survives(findings, name) else 'does not survive'}")
    return 0


def _held_out(experiment: Experiment, count: int) -> Array:
    x, _ = list(experiment.parts().values())[-1][:count]
    if not isinstance(x, np.ndarray):
        raise DtypeError(f"sanity expected samples that are one array, got a {type(x).__name__}")
    return x


def _by_heart(experiment: Experiment) -> Layer:
    """Train on labels in random order; say how many of them are known by heart."""
    data, trainer, share = experiment.loader.dataset, experiment.trainer, 0.0
    data.y = np.random.default_rng(0).permutation(data.y)
    for _ in range(10):
        trainer.fit(experiment.loader, experiment.epochs)
        share = float(np.mean(experiment.predict(data.x).argmax(axis=1) == data.y))
        if share >= KNOWN:
            break
    print(f"random labels: {share:.1%} known by heart after {trainer.epoch} epochs")
    return experiment.model


def _printed(findings: Iterator[Finding], names: tuple[str, ...], metric: str) -> Iterator[Finding]:
    print(f"{metric:24}" + "".join(f"{name:>22}" for name in names))
    for check, row in groupby(findings, key=lambda finding: finding.check):
        found = list(row)
        print(f"{check:24}" + "".join(f"{getattr(each.similarity, metric):22.2f}" for each in found), flush=True)
        yield from found
