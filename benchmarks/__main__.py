"""The one command: ``python -m benchmarks`` measures workloads side by side; its sub-commands, what else there is."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from . import memory, roofline, scale
from .machine import machine
from .measure import Row, Settings, measure
from .peers import PEERS
from .report import line, store, summary, table, unable
from .side import pin
from .workloads import choose

OURS = {"fast": "chainrule", "numpy": "chainrule-numpy"}
COMMANDS = ("compare", "scale", "memory", "roofline")
DEFAULT_PEERS = "torch,torch-compile,jax,sklearn"


def arguments() -> argparse.ArgumentParser:
    """Return what the command understands."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("patterns", nargs="*", metavar="[scale|memory|roofline] PATTERN",
                        help="names of workloads, with wildcards or in part; all without one")
    parser.add_argument("--list", action="store_true", help="only list workloads and peers")
    parser.add_argument("--peers", default=DEFAULT_PEERS, help=f"comma-separated (default: {DEFAULT_PEERS})")
    parser.add_argument("--ours", choices=OURS, default="fast", help="with compiled kernels if installed, or without")
    parser.add_argument("--threads", type=int, default=2, help="of every library (default: 2)")
    parser.add_argument("--blocks", type=int, default=10, help="of each side; three times as many while unsettled")
    parser.add_argument("--seconds", type=float, default=0.3, help="of one block (default: 0.3)")
    parser.add_argument("--quick", action="store_true", help="4 blocks of 0.05 seconds: does it run at all?")
    parser.add_argument("--output", type=Path, metavar="FILE",
                        help="store results as FILE.json and FILE.md (default: benchmarks/results/ and the command)")
    return parser


def main() -> None:
    """Measure, print and store."""
    parser = arguments()
    options = parser.parse_intermixed_args()
    command, *patterns = options.patterns if options.patterns[:1] and options.patterns[0] in COMMANDS else (
        "compare", *options.patterns)
    peers = [peer for peer in options.peers.split(",") if peer]
    if unknown := sorted(set(peers) - set(PEERS)):
        parser.error(f"unknown peers {', '.join(unknown)}; known are {', '.join(PEERS)}")
    if not choose(patterns) and command != "scale":
        parser.error("no workload has such a name; see --list")
    console = Console(width=None if sys.stdout.isatty() else 240, markup=False, highlight=False, soft_wrap=True)
    if options.list:
        console.print(*choose(patterns), "", f"peers: {', '.join(PEERS)}", sep="\n")
        return
    settings = Settings(options.threads, options.blocks, options.seconds, 3 * options.blocks)
    if options.quick:
        settings = Settings(options.threads, blocks=4, seconds=0.05, limit=4)
    pin(options.threads)
    ours, output = OURS[options.ours], options.output or Path("benchmarks", "results", command)
    if command == "scale":
        scale.run(console, ours, settings, patterns, output)
    elif command == "memory":
        memory.run(console, ours, settings, patterns, output)
    elif command == "roofline":
        given = [] if options.peers == DEFAULT_PEERS else peers
        roofline.run(console, [ours, *given], settings, patterns, output)
    else:
        compare(console, ours, peers, settings, choose(patterns), output)


def compare(console: Console, ours: str, peers: list[str], settings: Settings, names: list[str], output: Path) -> None:
    """Measure workloads on all sides; store after each, so that nothing is lost when it is interrupted."""
    facts = machine() | {"threads": str(settings.threads)}
    rows: list[Row] = []
    for name in names:
        rows.append(measure(name, ours, peers, settings))
        console.print(line(rows[-1], peers), *unable(rows[-1:]), sep="\n")
        store(output, rows, ours, peers, facts)
    console.print(table(rows, ours, peers), *summary(rows, peers), sep="\n")


if __name__ == "__main__":
    main()
