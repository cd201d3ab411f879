"""The arguments that name a config."""

import argparse

from chainrule.cli.config import add_config, config_of
from chainrule.experiments import recipes


def test_the_help_lists_the_recipes():
    parser = argparse.ArgumentParser()
    add_config(parser)
    text = " ".join(parser.format_help().split())
    assert all(name in text for name in recipes())


def test_overrides_apply_in_their_order():
    parser = argparse.ArgumentParser()
    add_config(parser)
    arguments = parser.parse_args(["xor", "--set", "seed=1", "--set", "training.epochs=3", "--set", "seed=2"])
    config = config_of(arguments)
    assert (config.resolved["seed"], config.resolved["training"]["epochs"]) == (2, 3)
