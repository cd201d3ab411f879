"""Train in several processes together, which begin again from the last checkpoint when one of them dies."""

import argparse
import shlex
import sys
import tempfile
from functools import partial
from pathlib import Path

from ..experiments.runs.folder import NOTE
from ..experiments.runs.past import result_of
from ..training.parallel import launch, launch_mpi
from . import train

__all__ = ["configure"]

_IN_VAIN = {2, 130, 141, 143}       # exit codes of what the user can mend, or has ended himself


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("-n", dest="ranks", metavar="N", type=int, required=True,
                        help="how many processes, among which the processors of this machine are shared")
    parser.add_argument("--max-restarts", metavar="N", type=int, default=0,
                        help="how often the run goes on from its last checkpoint after a process died (default: 0)")
    parser.add_argument("--mpi", action="store_true",
                        help="join the processes by MPI, mpiexec -n N, instead of by shared memory")
    parser.add_argument("command", metavar="train", choices=["train"])
    parser.add_argument("arguments", metavar="…", nargs=argparse.REMAINDER,
                        help="the arguments of chainrule train, which is what every process runs")
    parser.set_defaults(run=partial(_launch, parser))


def _launch(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    for option, value, least in (("-n", arguments.ranks, 1), ("--max-restarts", arguments.max_restarts, 0)):
        if value < least:
            parser.error(f"expected {option} as at least {least}, got {value}")
    training = type(parser)(prog="chainrule train")
    train.configure(training)
    plugins = training.parse_args(arguments.arguments).plugins
    start = launch_mpi if arguments.mpi else launch
    command = ["train", *arguments.arguments]
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder, "run")
        for left in reversed(range(arguments.max_restarts + 1)):
            ended = start("chainrule", command, arguments.ranks, {NOTE: str(note)})
            if ended.code == 0 or ended.received is not None or ended.code in _IN_VAIN:
                break
            print(ended.how, file=sys.stderr)
            if note.exists():
                run = note.read_text(encoding="utf-8")
                if result_of(Path(run)).get("status") == "finished":
                    print(f"{run} was finished by then", file=sys.stderr)
                    return 0
                command = ["train", "--resume", run,
                           *(part for plugin in plugins for part in ("--plugin", plugin))]
            if left:
                print(f"goes on ({left} restarts left): chainrule {shlex.join(command)}", file=sys.stderr)
            elif note.exists():
                print(f"go on with: chainrule {shlex.join(command)}", file=sys.stderr)
    return ended.code
