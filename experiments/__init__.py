"""A YAML file made real: read, checked as a whole, built, and run into a folder of its own."""

from .binding import apply_overrides, load_plugin
from .config import TASKS, Config, open_config
from .document import ConfigError, Node, Position, Problem, dump, parse_config, read_config, recipes
from .new import new_config
from .runs import (
    PREPARATION,
    REPORT,
    WEIGHTS,
    Past,
    Run,
    RunError,
    best_metrics,
    bug_report,
    draw_comparison,
    find_runs,
    how_to_resume,
    open_trained,
    page_of,
    predict_file,
    resume,
    run,
    run_folds,
)
from .schema import dump_schema, json_schema
from .sweeps import Swept, TrialRow, show_value, sweep
from .tasks import Experiment
from .tracing import Step, show_values, trace

__all__ = [
    "PREPARATION", "REPORT", "TASKS", "WEIGHTS", "Config", "ConfigError", "Experiment", "Node", "Past", "Position",
    "Problem", "Run", "RunError", "Step", "Swept", "TrialRow", "apply_overrides", "best_metrics", "bug_report",
    "draw_comparison", "dump", "dump_schema", "find_runs", "how_to_resume", "json_schema", "load_plugin",
    "new_config", "open_config", "open_trained", "page_of", "parse_config", "predict_file", "read_config",
    "recipes", "resume", "run", "run_folds", "show_value", "show_values", "sweep", "trace",
]
