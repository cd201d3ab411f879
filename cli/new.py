"""Write a commented config that fits your data: a table, arrays, a text, a folder of images."""

import argparse
from pathlib import Path
from uuid import uuid4

from ..experiments import ConfigError, Position, new_config, open_config

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("config", metavar="CONFIG", help="the YAML file to be written; none is ever overwritten")
    parser.add_argument("--data", metavar="PATH", required=True,
                        help=".csv, .tsv, .npz or .txt, or a folder of images, of a table, of MNIST or CIFAR")
    parser.add_argument("--label", metavar="COLUMN", help="the column of a table to be predicted")
    parser.set_defaults(run=_new)


def _new(arguments: argparse.Namespace) -> int:
    target = Path(arguments.config)
    if target.suffix not in (".yaml", ".yml"):
        raise ConfigError.at(Position(str(target)), "", f"a config ends in .yaml; write {target}.yaml")
    if target.exists():
        raise ConfigError.at(Position(str(target)), "", "exists already, and nothing is overwritten; choose another "
                                                        "name")
    if not target.parent.is_dir():
        raise ConfigError.at(Position(str(target)), "", f"there is no folder {str(target.parent)!r}")
    text = new_config(Path(arguments.data), target, arguments.label)
    temporary = target.with_name(f".{uuid4().hex}.yaml")
    try:
        temporary.write_text(text, encoding="utf-8")
        experiment = open_config(temporary).experiment        # it must fit, or it is not written
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    print(text)
    print(experiment.summary())
    print(f"\nwritten to {target}; now: chainrule train {target}")
    return 0
