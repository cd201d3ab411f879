"""Print the JSON Schema of configs, by which editors complete and check them."""

import argparse

from ..experiments import dump_schema
from .config import add_plugins

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_plugins(parser)
    parser.set_defaults(run=_schema)


def _schema(arguments: argparse.Namespace) -> int:
    print(dump_schema(), end="")
    return 0
