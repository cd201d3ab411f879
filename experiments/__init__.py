"""A YAML file made real: read, checked as a whole, built, and run into a folder of its own."""

from .config import TASKS, Config, open_config, recipes
from .experiment import Experiment
from .overrides import apply_overrides
from .problems import ConfigError, Position, Problem
from .reading import Node, dump, parse_config, read_config
from .run import Run, run
from .tracing import Step, show_values, trace

__all__ = [
    "TASKS", "Config", "ConfigError", "Experiment", "Node", "Position", "Problem", "Run", "Step", "apply_overrides",
    "dump", "open_config", "parse_config", "read_config", "recipes", "run", "show_values", "trace",
]
