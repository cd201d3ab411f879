"""Search for good values of a config in many trials, each a run; called again, it goes on."""

import argparse
import os
import sys
from pathlib import Path

from ..experiments import Swept, show_value, sweep
from .config import add_config

__all__ = ["configure"]

_WIDE = 10_000      # columns, where nobody's screen ends


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser)
    parser.add_argument("--param", dest="parameters", metavar="PATH=SPACE", action="append", required=True,
                        help="what is varied, as in optimizer.lr=log:1e-4:1e-1 or model.1=choice:ReLU,Tanh "
                             "(may be repeated)")
    parser.add_argument("--trials", metavar="N", type=int, default=20, help="how many in all (default: 20)")
    parser.add_argument("--jobs", metavar="N", type=int, default=1,
                        help="processes, among which the threads are shared (default: 1)")
    parser.add_argument("--monitor", metavar="COLUMN", help="by what trials are judged (default: "
                                                            "training.checkpoints.best, or val_loss)")
    parser.add_argument("--no-prune", dest="prune", action="store_false", help="train hopeless trials to their end")
    parser.add_argument("--same-seed", action="store_true", help="give all trials the seed of the config, and so the "
                                                                 "same division of its data, instead of one each")
    parser.add_argument("--sweeps", metavar="DIR", default="sweeps",
                        help="where the sweep's folder is, or is made (default: sweeps)")
    parser.set_defaults(run=_sweep)


def _sweep(arguments: argparse.Namespace) -> int:
    found = sweep(arguments.config, arguments.parameters, arguments.overrides, trials=arguments.trials,
                  jobs=arguments.jobs, monitor=arguments.monitor, prune=arguments.prune,
                  same_seed=arguments.same_seed, sweeps=arguments.sweeps,
                  say=lambda line: print(line, flush=True))
    path = Path(os.path.relpath(found.sweep.path))
    _print_table(found)
    print(f"\ntable, picture and runs are in {path}")
    for death in found.deaths:
        print(f"a process {death}; the same command goes on", file=sys.stderr)
    if found.signal is not None:
        print(f"interrupted by {found.signal.name}; the same command goes on")
        return 128 + found.signal
    if found.best is not None:
        print(f"best is trial {found.best.number}: {found.sweep.monitor} {found.best.value:.4g}; "
              f"train it with: chainrule train {path / 'best.yaml'}")
    return 2 if found.deaths or found.best is None else 0


def _print_table(found: Swept) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    parameters = found.sweep.parameters
    for title in ("trial", "status", found.sweep.monitor, "epochs", *(parameter.title for parameter in parameters)):
        table.add_column(Text(title), overflow="fold")
    for row in found.rows:
        values = [show_value(row.values.get(parameter.name, "")) for parameter in parameters]
        value = "" if row.value is None else f"{row.value:.4g}"
        table.add_row(*map(Text, (str(row.number), row.status, value, str(row.epochs), *values)))
    print()
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    for row in found.rows:
        if row.status == "failed":
            print(f"trial {row.number} failed: {row.reason}")
