"""``python -m benchmarks.recompute``: the table of Kusumoto et al. beside ours, and the time that recomputation costs.

The first table is counted on the networks at the sizes of the paper's files: values and gradients in GB (10⁹ bytes).
The second runs small versions of the same networks, and measures the time of a step by the plan and by itself.
"""

import time

import numpy as np
from rich.console import Console
from rich.table import Table

import chainrule
from chainrule.backprop import Computation, plan
from chainrule.backprop.memory import Partition, ancestor_sets, candidates, canonical, chen_segments, plain, simulate
from chainrule.models import Graph
from chainrule.models.zoo import published

__all__ = ["counted", "measured"]

# Measured by the authors on a GPU with parameters and workspace (their poster): vanilla GB, reduction by their
# approximate and exact programmes and by Chen's segments, in percent.
PAPER = {"PSPNet": (9.4, 71, 70, 58), "U-Net": (9.1, 45, 48, 18), "ResNet-50": (8.9, 62, 62, 59),
         "ResNet-152": (9.2, 75, 75, 74), "VGG-19": (7.0, 36, 36, 34), "DenseNet-161": (8.5, 81, 80, 79),
         "GoogLeNet": (8.5, 39, 39, 24)}
SMALL = {"VGG-19": (8, 64, 0.25), "U-Net": (1, 252, 0.25), "GoogLeNet": (8, 192, 0.25), "ResNet-50": (8, 96, 0.25),
         "ResNet-152": (4, 96, 0.25), "DenseNet-161": (4, 96, 0.25)}       # batch, pixels, part of the channels


def counted() -> Table:
    """Return the paper's table beside ours."""
    table = Table("network", "nodes", "values", "everything kept", "freed when dead", "paper's schedule", "Chen",
                  "ours", "of everything", "forward work", "paper: approx", "exact", "Chen", "seconds",
                  title="Peak in GB, and reduction of the run that frees what is dead")
    for name, (_, approximate, exact, chen) in PAPER.items():
        computation = Computation.published(published(name))
        began = time.perf_counter()
        best = min(candidates(computation))
        seconds = time.perf_counter() - began
        everything = simulate(computation, plain(computation), "everything").peak
        live = simulate(computation, plain(computation)).peak
        partition = Partition(computation, ancestor_sets(computation))
        theirs, segments = (simulate(computation, canonical(computation, path, last=True)).peak for path in (
            partition.best(partition.smallest_budget, "memory") or [], chen_segments(computation)))
        table.add_row(name, str(len(computation.nodes)), f"{computation.bytes / 1e9:.2f}", f"{everything / 1e9:.2f}",
                      f"{live / 1e9:.3f}", *(f"{peak / 1e9:.3f} (−{100 - 100 * peak / live:.0f} %)"
                                             for peak in (theirs, segments, best.peak)),
                      f"−{100 - 100 * best.peak / everything:.0f} %", f"{best.cost / computation.cost:.2f} ×",
                      f"−{approximate} %", f"−{exact} %", f"−{chen} %", f"{seconds:.1f}")
    return table


def measured(repeats: int = 5) -> Table:
    """Return forward work as predicted and time as measured, for small versions at three budgets, by turns."""
    table = Table("network", "budget", "peak", "forward work", "predicted step", "measured step",
                  title="Time of a step as a multiple of the plain one; predicted: back is twice forward")
    for name, sizes in SMALL.items():
        chainrule.manual_seed(0)
        drawing = published(name, *sizes)
        model = drawing.build()
        x = np.random.default_rng(0).standard_normal(drawing.x_shape).astype(np.float32)
        smallest = plan(model, x.shape, budget="100%", objective="memory")
        budgets = sorted({smallest.plan.peak, smallest.plan.plain_peak // 2, int(0.7 * smallest.plan.plain_peak)})
        for budget in budgets:
            if budget >= smallest.plan.peak:
                planned = plan(model, x.shape, budget=budget)
                turns = [[min(_seconds(each, x) for _ in range(2)) for each in (model, planned)]
                         for _ in range(repeats)]
                plainly, by_plan = (min(each) for each in zip(*turns, strict=True))
                table.add_row(name, f"{100 * budget / planned.plan.plain_peak:.0f} %",
                              f"{planned.plan.peak / 2**20:.1f} MB", f"{planned.plan.cost:.2f} ×",
                              f"{(planned.plan.cost + 2) / 3:.2f} ×", f"{by_plan / plainly:.2f} ×")
    return table


def _seconds(model: Graph, x: np.ndarray) -> float:
    began = time.thread_time()
    y = model.forward(x)
    model.backward(tuple(np.ones_like(each) for each in y) if isinstance(y, tuple) else np.ones_like(y))
    model.cache = None
    return time.thread_time() - began


if __name__ == "__main__":
    console = Console(width=190)
    console.print(counted())
    chainrule.set_num_threads(1)
    console.print(measured())
