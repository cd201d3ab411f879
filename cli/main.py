"""The command ``chainrule``: its sub-commands, and how errors end."""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

from ..experiments import load_plugin
from ..experiments.runs.environment import version_of
from ..layers.core import ChainruleError, message
from ..training.parallel import find_communicator, let_first_rank_speak
from . import (
    assignment,
    check,
    compare,
    doctor,
    evaluate,
    explain,
    export,
    folds,
    launch,
    new,
    predict,
    report,
    runs,
    sanity,
    schema,
    sweep,
    trace,
    train,
    uncertainty,
)

__all__ = ["main"]

_COMMANDS = (new, train, launch, folds, sweep, check, doctor, report, trace, schema, evaluate, predict, export, runs,
             compare, explain, sanity, assignment, uncertainty)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0, 2 for what the user can mend, 128 + n for signal n.

    Example:
        >>> from chainrule.cli import main
        >>> main(["train", "digits_mlp", "--set", "training.epochs=1"])                    # doctest: +SKIP
        0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")        # a console that knows no '×' shall not end a run
    chosen = _parser().parse_args(arguments)
    try:
        find_communicator()         # first thing, so that no rank waits for one that ended before
        for plugin in getattr(chosen, "plugins", ()):
            load_plugin(plugin)
        code: int = chosen.run(chosen)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:     # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # else Python complains at its end
        return 141
    except ChainruleError as error:
        let_first_rank_speak()
        print(message(error), file=sys.stderr)
        return 2
    except OSError as error:
        let_first_rank_speak()
        print(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    def error(self, what: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {what}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="chainrule", description="Train networks whose layers write down their own "
                                     "chain rule.")
    parser.add_argument("--version", action="version", version=f"chainrule {version_of('chainrule') or 'unpacked'}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        summary = (command.__doc__ or "").strip()
        command.configure(commands.add_parser(command.__name__.rpartition(".")[2], help=summary, description=summary))
    return parser
