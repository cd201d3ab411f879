"""``python -m benchmarks scale``: how the cost of a step grows with batch, width, depth, length and picture."""

import math
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from .measure import Settings, together
from .report import store_table
from .side import Side
from .workloads.scales import SCALES

__all__ = ["run"]

HEAD = ("what grows", "sizes", "time per step", "multiply-adds", "slope", "slope of the last two",
        "slope of fastest steps")


def run(console: Console, ours: str, settings: Settings, patterns: list[str], output: Path) -> None:
    """Measure every scale, its sizes in turn; print and store log-log slopes beside that of the multiply-adds."""
    shown, lines = Table(*HEAD), []
    for name, scale in SCALES.items():
        if patterns and not any(pattern in name for pattern in patterns):
            continue
        workloads = scale.workloads(name)
        results = together([Side(workload.name, ours, settings.threads) for workload in workloads.values()], settings)
        found = {size: result for size, result in zip(workloads, results, strict=True) if result.times}
        if len(found) < 2:
            console.print(f"{name}: {next(result.unable for result in results if result.unable)}")
            continue
        medians = {size: result.seconds for size, result in found.items()}
        fastest = {size: result.fastest for size, result in found.items()}
        times = " ".join(f"{1e3 * seconds:.3g}" for seconds in medians.values())
        slopes = [slope(times) for times in (medians, dict(list(medians.items())[-2:]), fastest)]
        line = (name, " ".join(map(str, medians)), f"{times} ms", f"size^{scale.power}", *map("{:.2f}".format, slopes))
        shown.add_row(*line)
        lines.append(line)
        store_table(output, "Scale", HEAD, lines)
    console.print(shown)


def slope(times: dict[int, float]) -> float:
    """Return the slope of log time over log size, by least squares."""
    sizes, seconds = map(math.log, times), map(math.log, times.values())
    return float(np.polyfit(list(sizes), list(seconds), 1)[0])
