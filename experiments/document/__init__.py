"""The YAML file as a tree of nodes that know where they stand, and what can be wrong with it."""

from .including import INCLUDE, find_config, read_whole, recipes
from .problems import ConfigError, Position, Problem
from .reading import MAX_DEPTH, Entry, Node, Plain, parse_config, parse_value, read_config
from .scalars import scalar
from .writing import dump

__all__ = [
    "INCLUDE", "MAX_DEPTH", "ConfigError", "Entry", "Node", "Plain", "Position", "Problem", "dump", "find_config",
    "parse_config", "parse_value", "read_config", "read_whole", "recipes", "scalar",
]
