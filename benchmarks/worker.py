"""The process of one library and one workload: it waits on a pipe, and computes only when told to.

Commands and answers are lines of JSON. ``python -m benchmarks.worker WORKLOAD PEER`` is started by ``side.py``.
"""

import importlib
import json
import math
import os
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .memory_use import peak, peak_of_children, reset_peak, resident, trim
from .peers import PEERS, RATES
from .peers.start import Start
from .peers.task import Task
from .workload import Unable, Workload
from .workloads import WORKLOADS

__all__ = ["Session", "first_step", "main"]


class Session:
    """What a worker keeps between commands; the method that a command names answers it."""

    task: Task
    baseline = 0

    def __init__(self, workload: str, peer: str) -> None:
        self.workload = WORKLOADS[workload]
        if self.workload.mode in ("import", "first step"):
            self.kind: Any = Start
            self.make: Callable[[Workload], Task] = lambda workload: Start(workload, peer)
        else:
            self.kind = self.make = library(peer)

    def prepare(self) -> dict[str, Any]:
        """Wake the library, note its memory; then set the workload up and answer its numbers and versions."""
        self.kind.wake()
        trim()
        self.baseline = resident()
        self.task = self.make(self.workload)
        numbers = self.task.numbers()                       # runs steps, and so imports what is imported late
        versions = {name: found for name in self.kind.modules if (found := _version(name))}
        return {"numbers": numbers, "versions": versions}

    def warm(self, seconds: float) -> dict[str, Any]:
        """Run steps for so long, at least three; answer the median time of one. Peak memory counts from here."""
        ends, times = time.perf_counter() + seconds, []
        while len(times) < 3 or time.perf_counter() < ends:
            times.append(self.block(1)["seconds"])
        trim()                                              # what setting up and compiling left behind is not counted
        reset_peak()
        return {"seconds": statistics.median(times)}

    def block(self, steps: int) -> dict[str, Any]:
        """Run a block of steps; answer its seconds, and those of its fastest step."""
        step, clock, fastest = self.task.step, time.perf_counter, math.inf
        began = now = clock()
        for _ in range(steps):
            step()
            before, now = now, clock()
            fastest = min(fastest, now - before)
        self.task.finish()
        return {"seconds": clock() - began, "fastest": fastest}

    def memory(self) -> dict[str, Any]:
        """Answer the peak since the warm-up and the memory of the library alone, in bytes."""
        if self.kind.in_children:
            return {"peak": peak_of_children(), "baseline": 0}
        return {"peak": peak(), "baseline": self.baseline}

    def predict(self) -> dict[str, Any]:
        """Answer what our side expects its memory to be, by arithmetic."""
        return self.task.predict()


def library(peer: str) -> Any:
    """Import a library and return the class of its tasks."""
    if peer == "chainrule-numpy":
        sys.modules["numba"] = None                         # as if it were not installed
    found = (PEERS | RATES)[peer]
    return getattr(importlib.import_module(f".peers.{found.module}", __package__), found.task)


def first_step(workload: str, peer: str) -> None:
    """Run one training step, in a process that has done nothing before."""
    task = library(peer)(replace(WORKLOADS[workload], mode="train"))
    task.step()
    task.finish()


def _version(name: str) -> str:
    try:
        return version({"sklearn": "scikit-learn"}.get(name, name)) if sys.modules.get(name) is not None else ""
    except PackageNotFoundError:
        return ""


def main() -> None:
    """Answer commands until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)                                           # whatever a library prints goes to the error stream
    session: Session | None = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            session = session or Session(sys.argv[1], sys.argv[2])
            answer = getattr(session, command.pop("do"))(**command)
        except Unable as reason:
            answer = {"unable": str(reason)}
        except Exception as error:
            traceback.print_exc()
            answer = {"unable": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
