"""Show what speaks for an answer of a trained network: one picture, a row for each sample, a column for each method."""

import argparse
from pathlib import Path

import numpy as np

from ..analysis.saliency import METHODS, draw_explanations
from ..data import Preparation
from ..experiments import PREPARATION, Experiment, open_trained
from ..layers.core import Array, ChainruleError, DtypeError, UnknownNameError, ValueRangeError, message
from .evaluate import add_run

__all__ = ["configure"]

PICTURE = "explanation.png"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_run(parser)
    parser.add_argument("--image", metavar="FILE|N", action="append", required=True,
                        help="a file as predict takes it, or the number of a sample held out (may be repeated)")
    parser.add_argument("--method", metavar="NAME", action="append", default=[],
                        help=f"{', '.join(METHODS)}, or all (default; may be repeated)")
    parser.add_argument("--class", dest="label", metavar="NAME",
                        help="the class to be explained (default: the one that is predicted)")
    parser.add_argument("--output", metavar="FILE", type=Path,
                        help=f".png, .svg or .pdf (default: {PICTURE} in the run's folder)")
    parser.set_defaults(run=_explain)


def _explain(arguments: argparse.Namespace) -> int:
    methods = _methods(arguments.method)
    experiment = open_trained(arguments.folder, arguments.weights).experiment
    kept = Path(arguments.folder) / PREPARATION
    preparation = Preparation.load(kept) if kept.exists() else experiment.loader.dataset.preparation
    x = np.concatenate([_samples(experiment, preparation, name) for name in arguments.image])
    scores = experiment.predict(x)
    if scores.ndim != 2:
        raise DtypeError(f"explain expected a network with a score for each class, got answers of {scores.ndim} axes")
    names = preparation.classes or tuple(map(str, range(scores.shape[1])))
    if arguments.label is not None and arguments.label not in names:
        raise UnknownNameError.of("class", arguments.label, names)
    target = scores.argmax(axis=1) if arguments.label is None else np.full(len(x), names.index(arguments.label))
    masks = {}
    for name in methods:
        try:
            masks[name] = METHODS[name](experiment.model, x, target)
        except ChainruleError as error:
            if arguments.method and "all" not in arguments.method:
                raise
            print(f"without {name}: {message(error)}")
    if not masks:
        raise DtypeError("explain expected a network that at least one method can explain, got none")
    output = arguments.output or Path(arguments.folder) / PICTURE
    draw_explanations(x, masks, output, [f"why {names[index]}?" for index in target])
    print(f"wrote {output}")
    return 0


def _methods(wanted: list[str]) -> list[str]:
    for name in wanted:
        if name not in METHODS and name != "all":
            raise UnknownNameError.of("method", name, [*METHODS, "all"])
    return list(METHODS) if not wanted or "all" in wanted else list(dict.fromkeys(wanted))


def _samples(experiment: Experiment, preparation: Preparation, name: str) -> Array:
    """Return the samples in a file, or one of those held out: of the test data, else of the validation, or training."""
    if not name.isdecimal():
        x = preparation.read(Path(name))
        wanted = experiment.loader.dataset.x.dtype
        return x.astype(wanted) if x.dtype.kind in "iu" and wanted.kind == "f" else x
    part, data = list(experiment.parts().items())[-1]
    if int(name) >= len(data):
        raise ValueRangeError(f"--image expected the number of a sample from 0 to {len(data) - 1} of the {part} data, "
                              f"got {name}")
    x, _ = data[int(name):int(name) + 1]
    if not isinstance(x, np.ndarray):
        raise DtypeError(f"explain expected samples that are one array, got a {type(x).__name__}")
    return x
