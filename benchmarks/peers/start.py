"""A new process for each step: until a library is imported, or until its first training step is done."""

import subprocess
import sys
from collections.abc import Mapping

import numpy as np

from ..workload import Unable, Workload
from . import PEERS
from .task import Number, Task

__all__ = ["Start"]


class Start(Task):
    """Counts from the start of the interpreter; compiled kernels that a library keeps on disk are there."""

    in_children = True
    modules = ()

    def __init__(self, workload: Workload, peer: str) -> None:
        super().__init__(workload)
        if workload.mode == "import" and peer in ("chainrule-numpy", "torch-fused", "torch-compile"):
            raise Unable("is imported as its plain kind is")
        code = PEERS[peer].imports if workload.mode == "import" else (
            f"from benchmarks.worker import first_step; first_step({workload.name!r}, {peer!r})")
        self.command = [sys.executable, "-c", code]

    @classmethod
    def wake(cls) -> None:
        """Do nothing: it is the new process that wakes."""

    def step(self) -> float:
        result = subprocess.run(self.command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise Unable(f"the new process failed: {result.stderr.strip().splitlines()[-1]}")
        return 0.0

    def arrays(self) -> Mapping[str, np.ndarray]:
        raise Unable("has nothing to show but that it ran")

    def numbers(self) -> list[Number]:
        self.step()
        return [Number("processes that ran", 1.0, 1.0)]
