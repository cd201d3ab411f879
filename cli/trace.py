"""Show one small batch on its way forward and backward, layer by layer, or an expression as a circuit."""

import argparse
import json
from pathlib import Path

from ..analysis.circuit import draw_circuit
from ..analysis.expression import read_expression
from ..experiments import Config, Experiment, open_trained, trace
from ..experiments.tracing.pages import trace_html, trace_text
from ..experiments.tracing.record import first_parting, read_trace, record
from ..layers.core import ValueRangeError, write_atomically
from ..models import Graph
from .config import add_config, config_of

__all__ = ["configure"]

SIGNS = set("+-*/()")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.epilog = ("CONFIG may also be the folder of a run, whose trained weights are used then, or an expression "
                     "such as '(x + y) * z', drawn as a circuit at the values given with --at x=-2.")
    parser.add_argument("--samples", metavar="N", type=_count, default=4, help="how many samples (default: 4)")
    parser.add_argument("--at", metavar="NAME=VALUE", action="append", default=[], type=_value,
                        help="the value of a name in an expression (once for each)")
    parser.add_argument("--format", choices=("text", "html", "json"), default="text", help="what to write (default: "
                        "text)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write to a file instead of the screen")
    parser.add_argument("--against", metavar="TRACE", type=Path,
                        help="a trace in JSON to compare with; says the first step where they part, and ends with 1")
    parser.set_defaults(run=_trace)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def _value(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE such as x=-2, got {text!r}") from None


def _trace(arguments: argparse.Namespace) -> int:
    if _is_expression(arguments.config):
        return _circuit(arguments)
    if arguments.at:
        raise ValueRangeError("--at expected an expression such as '(x + y) * z' in place of the config")
    reference = read_trace(arguments.against) if arguments.against else None
    experiment = _config(arguments).experiment
    x, target = experiment.first_samples(arguments.samples)
    steps = trace(experiment.model, experiment.trainer.loss, x, target)
    found = record(steps)
    parting = first_parting(found, reference) if reference else ""
    verdict = "" if reference is None else parting or f"all {len(steps)} steps agree with {arguments.against}"
    if arguments.format == "json":
        text = json.dumps(found, allow_nan=False) + "\n"
    elif arguments.format == "html":
        text = trace_html(steps, f"Trace of {arguments.config}", _drawing(experiment), verdict)
    else:
        drawing = _drawing(experiment)
        text = "\n".join([*([drawing, ""] if drawing else []), trace_text(steps), *_penalties(experiment)])
    if not (arguments.against and arguments.format == "text" and arguments.output is None):
        _write(arguments.output, text.removesuffix("\n") + "\n")
    if verdict:
        print(verdict)
    return 1 if parting else 0


def _config(arguments: argparse.Namespace) -> Config:
    if Path(arguments.config).is_dir():
        if arguments.overrides:
            raise ValueRangeError("--set expected a config; the folder of a run is traced as it was trained")
        return open_trained(arguments.config)
    return config_of(arguments)


def _drawing(experiment: Experiment) -> str:
    """Return the circuit of a network that is a graph of gates, which have no parameters."""
    model = experiment.model
    if not isinstance(model, Graph) or any(True for _ in model.parameters()):
        return ""
    x, _ = experiment.first_samples(1)
    try:
        return draw_circuit(model, *(x if isinstance(x, tuple) else (x,)))
    except ValueRangeError:
        return ""


def _penalties(experiment: Experiment) -> list[str]:
    return [f"{type(penalty).__name__}  {penalty.forward():.4g} is added to the loss, its gradient to those of the "
            f"weights"
            for penalty in experiment.trainer.penalties if not penalty.of_network]


def _is_expression(text: str) -> bool:
    return not Path(text).exists() and bool(SIGNS & set(text)) and not text.endswith((".yaml", ".yml")) \
        and ("(" in text or " " in text or not {"/", "-"} & set(text))


def _circuit(arguments: argparse.Namespace) -> int:
    if arguments.against or arguments.overrides or arguments.format == "json":
        raise ValueRangeError("an expression is drawn as text or html; --against, --set and --format json are for "
                              "configs")
    expression = read_expression(arguments.config)
    drawing = draw_circuit(expression.graph, *expression.inputs(**dict(arguments.at)))
    page = trace_html((), arguments.config, drawing) if arguments.format == "html" else drawing + "\n"
    _write(arguments.output, page)
    return 0


def _write(output: Path | None, text: str) -> None:
    if output is None:
        print(text, end="")
    else:
        write_atomically(output, text.encode())
        print(f"wrote {output}")
