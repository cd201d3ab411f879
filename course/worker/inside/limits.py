"""What one test may use up, and telling the system so."""

import math
import os
import sys
from dataclasses import dataclass

if sys.platform != "win32":
    import resource

__all__ = ["MEGABYTE", "Limits", "limit_this_process", "memory_in_use"]

MEGABYTE = 2 ** 20


@dataclass(frozen=True)
class Limits:
    """What one test may use up.

    Attributes:
        seconds: from the start of the worker to its answer
        memory:  megabytes beyond those of the warmed parent
        answer:  megabytes of the answer
    """

    seconds: float = 10.0
    memory: int = 512
    answer: int = 64


def memory_in_use() -> int:
    """Return the bytes of address space of this process, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def limit_this_process(limits: Limits, in_use: int) -> None:
    """Give up, for good: more memory and time than allowed, new processes, files, core dumps."""
    if sys.platform == "win32":
        return
    hard = {
        resource.RLIMIT_CPU: math.ceil(limits.seconds) + 1,
        resource.RLIMIT_FSIZE: 0,       # no byte is written into any file
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,       # holds for everyone but root
        resource.RLIMIT_NOFILE: 16,
    }
    if in_use:
        hard[resource.RLIMIT_AS] = in_use + limits.memory * MEGABYTE
    for what, most in hard.items():
        _, allowed = resource.getrlimit(what)
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (most, most))
