"""Train what a config describes, and keep the run in a folder of its own; or let a run that ended early go on."""

import argparse
from functools import partial

from ..experiments import how_to_resume, resume, run
from ..training.parallel import find_communicator, joined
from .config import add_config, config_of

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_config(parser, required=False)
    parser.add_argument("--runs", metavar="DIR", default="runs", help="where the run's folder is made (default: runs)")
    parser.add_argument("--resume", metavar="RUN", help="instead of a CONFIG: the folder of a run that is to go on, "
                                                        "from its last checkpoint, bit for bit")
    parser.set_defaults(run=partial(_train, parser))


def _train(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    if (arguments.config is None) == (arguments.resume is None):
        parser.error("expected a CONFIG or --resume RUN, one of them")
    with joined(find_communicator()) as job:
        ended = run(config_of(arguments), arguments.runs) if arguments.resume is None else \
            resume(arguments.resume, arguments.overrides)
        job.barrier()       # so that none ends, which may end the job, before the first one has saved everything
    if job.rank:        # the first one says what there is to say
        return 0 if ended.signal is None else 128 + ended.signal
    for text in sorted(ended.path.glob("*.txt")):
        print(text.read_text(encoding="utf-8"))
    judged = [f"{name} {value:.4g}" for name, value in ended.result.items()
              if name.startswith("test_") and isinstance(value, float)]
    if judged:
        print("  ".join(judged))
    if ended.signal is None:
        print(f"saved in {ended.path}")
        return 0
    print(f"interrupted by {ended.signal.name}; saved in {ended.path}; {how_to_resume(ended.path)}")
    return 128 + ended.signal
