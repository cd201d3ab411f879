"""A YAML file made real: read, checked as a whole, built, and run into a folder of its own."""

from .bug_report import bug_report
from .config import TASKS, Config, open_config
from .curves import draw_comparison
from .experiment import Experiment
from .folds import run_folds
from .including import recipes
from .new import new_config
from .overrides import apply_overrides
from .plugins import load_plugin
from .prediction import predict_file
from .problems import ConfigError, Position, Problem
from .reading import Node, parse_config, read_config
from .reporting import REPORT, page_of
from .resume import resume
from .run import PREPARATION, Run, RunError, how_to_resume, run
from .runs import WEIGHTS, Past, best_metrics, find_runs, open_trained
from .schema import dump_schema, json_schema
from .sweeps import Swept, TrialRow, show_value, sweep
from .tracing import Step, show_values, trace
from .writing import dump

__all__ = [
    "PREPARATION", "REPORT", "TASKS", "WEIGHTS", "Config", "ConfigError", "Experiment", "Node", "Past", "Position",
    "Problem", "Run", "RunError", "Step", "Swept", "TrialRow", "apply_overrides", "best_metrics", "bug_report",
    "draw_comparison", "dump", "dump_schema", "find_runs", "how_to_resume", "json_schema", "load_plugin",
    "new_config", "open_config", "open_trained", "page_of", "parse_config", "predict_file", "read_config",
    "recipes", "resume", "run", "run_folds", "show_value", "show_values", "sweep", "trace",
]
