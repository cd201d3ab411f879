"""``python -m chainrule.experiments.sweeps FOLDER TRIALS THREADS PLUGIN…``: one of the processes of a sweep."""

import os
import signal
import sys
import threading
from pathlib import Path

from ...layers.core import ChainruleError, message
from ...layers.kernels import set_num_threads
from ..binding import load_plugin
from .plan import Sweep
from .work import work


def _end_with_input() -> None:
    """Ask this process to end when its standard input does."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _main(folder: str, trials: str, threads: str, *plugins: str) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)       # between trials; a run has its own
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        set_num_threads(int(threads))
        for plugin in plugins:
            load_plugin(plugin)
        work(Sweep.read(Path(folder)), int(trials), lambda line: print(line, flush=True))
    except KeyboardInterrupt:
        pass
    except ChainruleError as error:
        print(message(error), file=sys.stderr)
        return 2
    except OSError as error:
        print(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
