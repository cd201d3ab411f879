"""A run and its folder: made, watched, gone on with, found again, and asked for what it learned."""

from .bug_report import bug_report
from .curves import draw_comparison
from .folder import RunFolder, is_running
from .folds import run_folds
from .past import WEIGHTS, Past, best_metrics, find_runs, open_trained, result_of
from .prediction import predict_file
from .reporting import REPORT, page_of
from .resume import resume
from .run import PREPARATION, Run, RunError, how_to_resume, run

__all__ = [
    "PREPARATION", "REPORT", "WEIGHTS", "Past", "Run", "RunError", "RunFolder", "best_metrics", "bug_report",
    "draw_comparison", "find_runs", "how_to_resume", "is_running", "open_trained", "page_of", "predict_file",
    "result_of", "resume", "run", "run_folds",
]
