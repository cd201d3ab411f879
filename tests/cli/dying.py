"""A script: trains in processes that are ended by SIGKILL, one after the other, each going on where the last one died.

``python dying.py RUNS KILLS ARGUMENT…``: ARGUMENTs are those of ``chainrule train``; KILLS is JSON, a list of a moment
and how many such moments, or milliseconds of training, are lived through before it.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from chainrule.cli.main import main
from chainrule.experiments.runs.record import Recorder
from chainrule.training import Trainer
from chainrule.training.checkpoints import read_checkpoint


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Count:
    """Says when so many events have been."""

    def __init__(self, events):
        self.left = events

    def over(self):
        self.left -= 1
        return self.left == 0


def before(function, count):
    def dying(*arguments, **options):
        return die() if count.over() else function(*arguments, **options)
    return dying


def after(function, count):
    def dying(*arguments, **options):
        function(*arguments, **options)
        if count.over():
            die()
    return dying


class Torn:
    """A file of which only the first half is ever written."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def write(self, content):
        self.file.write(content[:len(content) // 2])
        self.file.flush()
        die()


def tearing(function, count):
    def opened(path, mode="r", *arguments, **options):
        file = function(path, mode, *arguments, **options)
        return Torn(file) if mode == "xb" and path.parent.name == "checkpoints" and count.over() else file
    return opened


MOMENTS = {
    "half written": (Path, "open", tearing),
    "before fsync": (os, "fsync", before),
    "before rename": (os, "replace", before),
    "after rename": (os, "replace", after),
    "before unlink": (Path, "unlink", before),
    "after epoch": (Recorder, "on_epoch_end", after),
}


def train(moment, events, arguments, begun):
    if moment in MOMENTS:
        owner, name, dying = MOMENTS[moment]
        setattr(owner, name, dying(getattr(owner, name), Count(events)))
    else:
        step = Trainer.step

        def first(*news):
            Trainer.step = step
            os.write(begun, b"!")
            return step(*news)
        Trainer.step = first
    os._exit(main(arguments))


def kill(moment, events, arguments):
    """Train in a process of its own; return how that ended."""
    hears, begun = os.pipe()
    child = os.fork()
    if child == 0:
        train(moment, events, arguments, begun)
    os.close(begun)
    if moment == "time" and os.read(hears, 1):
        time.sleep(events / 1000)
        os.kill(child, signal.SIGKILL)
    os.close(hears)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    runs, kills, *begin = sys.argv[1:]
    for moment, events in json.loads(kills):
        paths = [path for path in Path(runs).glob("*") if not path.name.startswith(".")]
        arguments = ["--resume", str(paths[0])] if paths else [*begin, "--runs", runs]
        ended = kill(moment, events, ["train", *arguments])
        if ended != signal.SIGKILL or len(paths) > 1:
            sys.exit(f"{moment} {events}: ended with {ended}, not by SIGKILL; runs: {paths}")
        for path in Path(runs).glob("[!.]*/checkpoints/[!.]*.safetensors"):
            read_checkpoint(path)       # raises if one ever was unreadable
