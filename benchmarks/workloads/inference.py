"""Forward only, one example and many at a time."""

from ..specs import Network
from ..workload import Data, Workload
from .dense import mlp
from .images import LENET

__all__ = ["WORKLOADS"]


def forward(name: str, network: Network, *shape: int) -> Workload:
    return Workload(f"infer/{name}-b{shape[0]}", network, (Data(shape),), mode="infer")


WORKLOADS = [workload for batch in (1, 256) for workload in (
    forward("mlp-784-256-128-10", mlp(784, 256, 128, 10), batch, 784),
    forward("lenet5", LENET, batch, 1, 28, 28))]
