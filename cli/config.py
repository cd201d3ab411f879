"""The arguments of every command that takes a config."""

import argparse

from ..experiments import Config, open_config, recipes

__all__ = ["add_config", "add_plugins", "config_of"]


def add_config(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """Let a command take a config and changes to it."""
    parser.add_argument("config", metavar="CONFIG", nargs=None if required else "?",
                        help=f"a YAML file, or a recipe: {', '.join(recipes())}")
    parser.add_argument("--set", dest="overrides", metavar="PATH=VALUE", action="append", default=[],
                        help="change a value, as in --set training.epochs=5 (may be repeated)")
    add_plugins(parser)


def add_plugins(parser: argparse.ArgumentParser) -> None:
    """Let a command take modules of the user, whose names a config may use; ``main`` loads them."""
    parser.add_argument("--plugin", dest="plugins", metavar="MODULE", action="append", default=[],
                        help="a Python module whose layers, losses … a config may name (may be repeated)")


def config_of(arguments: argparse.Namespace) -> Config:
    """Return the config that the arguments name, changes in place."""
    return open_config(arguments.config, arguments.overrides)
