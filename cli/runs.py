"""List the runs in a folder: how they ended, their best metrics, and in what their configs differ."""

import argparse
import json
import sys
from typing import Any

from ..experiments import Past, best_metrics, find_runs

__all__ = ["configure"]

_WIDE = 10_000      # columns, where nobody's screen ends


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--runs", metavar="DIR", default="runs", help="where the runs are (default: runs)")
    parser.set_defaults(run=_runs)


def _runs(arguments: argparse.Namespace) -> int:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    past = find_runs(arguments.runs)
    if not past:
        print(f"no runs in {arguments.runs}")
        return 0
    best = [best_metrics(run) for run in past]
    metrics = list({name: None for found in best for name in found})
    differing = _differing(past)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("run", "status", "epochs", *(f"best {name}" if not name.startswith("test_") else name
                                              for name in metrics), *differing):
        table.add_column(Text(name), overflow="fold")
    for run, found in zip(past, best, strict=True):
        numbers = [f"{found[name]:.4g}" if name in found else "" for name in metrics]
        values = [json.dumps(run.config[name], ensure_ascii=False) if name in run.config else "" for name in differing]
        table.add_row(*map(Text, (run.path.name, run.status, str(len(run.rows)), *numbers, *values)))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    return 0


def _differing(runs: list[Past]) -> list[str]:
    """Return the paths at which the configs do not all say the same."""
    absent: Any = object()
    paths = {path: None for run in runs for path in run.config}
    return [path for path in paths if len({repr(run.config.get(path, absent)) for run in runs}) > 1]
