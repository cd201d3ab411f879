"""A new process each: until the library is imported, and until a first training step is done."""

from dataclasses import replace

from ..workload import SGD
from .dense import classifier

__all__ = ["WORKLOADS"]

_step = classifier("start/first-step-mlp-784-128-10-b32", (784, 128, 10), 32, SGD())

WORKLOADS = [replace(_step, name="start/import", mode="import"), replace(_step, mode="first step")]
