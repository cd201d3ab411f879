"""``python -m benchmarks roofline``: convolutions against this machine's matrix products, pooling against its copies.

All take turns, so that what slows the machine slows both.
"""

import statistics
from math import prod
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .measure import Result, Settings, together
from .peers import PEERS
from .peers.rates import Copy, Product
from .report import store_table
from .side import Side
from .specs import Conv, MaxPool
from .workload import Workload
from .workloads import WORKLOADS, choose

__all__ = ["run"]

HEAD = ("workload", "library", "time", "rate", "the machine's", "share", "share of the fastest")


def run(console: Console, sides: list[str], settings: Settings, patterns: list[str], output: Path) -> None:
    """Measure, print and store the share of the machine's rate that each library reaches."""
    shown, lines = Table(*HEAD), []
    for name in choose(patterns):
        workload = WORKLOADS[name]
        if workload.mode == "layer" and workload.network and isinstance(workload.network[0], Conv | MaxPool):
            for line in _against_machine(workload, sides, settings):
                shown.add_row(*line)
                lines.append(line)
                store_table(output, "Shares of the machine's rates", HEAD, lines)
    console.print(shown)


def _against_machine(workload: Workload, peers: list[str], settings: Settings) -> list[tuple[str, ...]]:
    is_conv = isinstance(workload.network[0], Conv)
    work, best, unit = (flops(workload), Product.flops, "Gflop/s") if is_conv else (moved(workload), Copy.bytes, "GB/s")
    sides = [Side(workload.name, peer, settings.threads) for peer in ("product" if is_conv else "copy", *peers)]
    machine, *ours = together(sides, settings)
    return [_line(workload.name, peer, result, machine, work, best, unit)
            for peer, result in zip(peers, ours, strict=True)]


def _line(name: str, peer: str, result: Result, machine: Result, work: int, best: int, unit: str) -> tuple[str, ...]:
    if not (result.times and machine.times):
        return (name, PEERS[peer].title, result.unable or machine.unable, "", "", "", "")
    share = statistics.median(work / mine / (best / its)
                              for mine, its in zip(result.times, machine.times, strict=True))
    fastest = work / result.fastest / (best / machine.fastest)
    return (name, PEERS[peer].title, f"{1e3 * result.seconds:.2f} ms{'' if result.settled else ' ~'}",
            f"{work / result.seconds / 1e9:.1f} {unit}", f"{best / machine.seconds / 1e9:.1f}", f"{100 * share:.0f} %",
            f"{100 * fastest:.0f} %")


def flops(workload: Workload) -> int:
    """Return the operations of a convolution as it is defined: forward, to the input, to the weight, all alike."""
    (conv,), (images,) = workload.network, workload.x
    batch, channels, height, width = images.shape
    outputs = [(size + 2 * conv.padding - conv.kernel) // conv.stride + 1 for size in (height, width)]
    return 3 * 2 * batch * conv.outputs * prod(outputs) * channels // conv.groups * conv.kernel**2


def moved(workload: Workload) -> int:
    """Return the bytes that a pool reads and writes at least: x and y forward, both gradients back, and x again."""
    (pool,), (images,) = workload.network, workload.x
    numbers = prod(images.shape)
    return 4 * (3 * numbers + 2 * numbers // pool.size**2)
