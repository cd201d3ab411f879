"""PyTorch with forward, loss and backward compiled, and one kernel for the update."""

import torch

from ..workload import Unable, Workload
from .torch_eager import TorchFused

__all__ = ["TorchCompiled"]


class TorchCompiled(TorchFused):
    """``torch.compile`` with the options it has by itself; it needs a C++ compiler."""

    def __init__(self, workload: Workload) -> None:
        if workload.mode == "fit":
            raise Unable("is measured by its steps; compiling takes longer than this fit")
        super().__init__(workload)
        torch._dynamo.reset()               # nothing of the step that woke the library
        self.value = torch.compile(self.value)
        self.output = torch.compile(self.model)
