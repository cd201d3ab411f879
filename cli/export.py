"""Write the network of a run, or of a config untrained, to a file of ONNX that other tools run."""

import argparse
from pathlib import Path

import numpy as np

from ..experiments import WEIGHTS, open_config, open_trained
from ..interchange.onnx import IR_VERSION, OPSET, export_onnx

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("source", metavar="RUN_OR_MODEL",
                        help="the folder of a run, or the config or recipe of a network, whose weights are then fresh")
    parser.add_argument("file", metavar="FILE", help="where the network is written: model.onnx")
    parser.add_argument("--weights", choices=WEIGHTS, default="final",
                        help="of a run: those at the end (default), of the best epoch, or of the last checkpoint")
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    trained = Path(arguments.source).is_dir()
    config = open_trained(arguments.source, arguments.weights) if trained else open_config(arguments.source)
    x, _ = config.experiment.first_samples(1)
    model = config.experiment.model.eval()
    export_onnx(model, arguments.file, *(map(np.asarray, x) if isinstance(x, tuple) else (np.asarray(x),)))
    print(f"{arguments.file}: {len(list(model.parameters()))} parameters, ONNX opset {OPSET}, IR {IR_VERSION}")
    return 0
