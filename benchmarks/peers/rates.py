"""What the machine can do at best: matrix products and copies, with NumPy."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..workload import Workload
from .task import Task

__all__ = ["Copy", "Product"]


class Product(Task):
    """A product of two square matrices in float32; ``flops`` of one step."""

    modules = ("numpy",)
    size = 1536
    flops = 2 * size**3

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self.a, self.b, self.out = (np.ones((self.size, self.size), np.float32) for _ in "abc")

    @classmethod
    def wake(cls) -> None:
        """Do nothing: memory is not of interest here."""

    def step(self) -> float:
        np.matmul(self.a, self.b, out=self.out)
        return 0.0

    def arrays(self) -> Mapping[str, np.ndarray]:
        return {"out": self.out}


class Copy(Product):
    """A copy between arrays that no cache holds, by as many threads as the BLAS has; ``bytes`` read and written."""

    size = 2**24
    bytes = 2 * 4 * size

    def __init__(self, workload: Workload) -> None:
        Task.__init__(self, workload)
        threads = int(os.environ["OMP_NUM_THREADS"])
        self.pool = ThreadPoolExecutor(threads)
        self.parts = list(zip(*(np.array_split(np.ones(self.size, np.float32), threads) for _ in "ab"), strict=True))

    def step(self) -> float:
        list(self.pool.map(lambda part: np.copyto(*part), self.parts))
        return 0.0

    def arrays(self) -> Mapping[str, np.ndarray]:
        return {}
