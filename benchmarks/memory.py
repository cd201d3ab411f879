"""``python -m benchmarks memory``: the memory of our training steps against what ``describe`` predicts."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from .measure import Settings
from .report import store_table
from .side import Side
from .workload import Unable
from .workloads import WORKLOADS, choose

__all__ = ["run"]

HEAD = ("workload", "parameters", "data", "caches", "flow", "predicted", "measured", "process's peak",
        "off, of the peak", "off, of the measured")


def run(console: Console, ours: str, settings: Settings, patterns: list[str], output: Path) -> None:
    """Print and store, in MB, the parts of the prediction, and the peak above the library's own memory."""
    shown, lines = Table(*HEAD), []
    for name in choose(patterns):
        if WORKLOADS[name].mode != "train":
            continue
        side = Side(name, ours, settings.threads)
        try:
            side.ask("prepare")
            parts = side.ask("predict")
            side.warm(settings.seconds)
            side.ask("block", steps=side.steps)
            memory = side.ask("memory")
        except Unable as reason:
            console.print(f"{name}: {reason}")
            continue
        finally:
            side.quit()
        predicted, measured, peak = sum(parts.values()), memory["peak"] - memory["baseline"], memory["peak"]
        off = predicted - measured
        line = (name, *(f"{value / 2**20:.2f}" for value in (*parts.values(), predicted, measured, peak)),
                f"{100 * off / peak:+.1f} %", f"{100 * off / measured:+.0f} %" if measured > 0 else "–")
        shown.add_row(*line)
        lines.append(line)
        store_table(output, "Memory in MB", HEAD, lines)
    console.print(shown)
