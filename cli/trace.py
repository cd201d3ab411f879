"""Print one small batch on its way forward and backward, layer by layer: formulas, values and gradients."""

import argparse
from textwrap import indent

from ..experiments import Step, show_values, trace
from ..layers.core import show_shape
from .config import add_config, config_of

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.add_argument("--samples", metavar="N", type=_count, default=4, help="how many samples (default: 4)")
    parser.set_defaults(run=_trace)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def _trace(arguments: argparse.Namespace) -> int:
    experiment = config_of(arguments).experiment
    x, target = experiment.first_samples(arguments.samples)
    for step in trace(experiment.model, experiment.trainer.loss, x, target):
        print(_text(step))
    for penalty in experiment.trainer.penalties:
        print(f"{type(penalty).__name__}  {penalty.forward():.4g} is added to the loss, its gradient to those of the "
              f"weights")
    return 0


def _text(step: Step) -> str:
    lines = [f"{step.direction}  {step.path or '-'}  {step.layer}", *(f"    {line}" for line in step.formula)]
    for name, array in step.arrays:
        values = show_values(array)
        lines.append(f"  {name} {show_shape(array.shape)}" + (
            f"\n{indent(values, '    ')}" if "\n" in values else f"  {values}"))
    return "\n".join(lines) + "\n"
