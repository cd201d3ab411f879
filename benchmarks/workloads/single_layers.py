"""One layer forward and backward, to its input and its weights."""

from ..specs import Attention, BatchNorm, Conv, Embedding, MaxPool, Spec
from ..workload import Data, Workload

__all__ = ["WORKLOADS"]


def layer(name: str, spec: Spec, *x: Data) -> Workload:
    return Workload(f"layer/{name}", (spec,), x, mode="layer")


def conv(inputs: int, outputs: int, kernel: int, size: int, batch: int = 64) -> Workload:
    return layer(f"conv{kernel}x{kernel}-{inputs}-{outputs}-{size}px-b{batch}",
                 Conv(inputs, outputs, kernel, padding=kernel // 2), Data((batch, inputs, size, size)))


WORKLOADS = [
    conv(3, 32, 3, 32),
    conv(32, 32, 3, 32),
    conv(64, 64, 3, 16),
    conv(128, 128, 3, 8),
    conv(64, 64, 1, 16),
    conv(32, 32, 5, 16),
    conv(16, 32, 3, 28, batch=32),
    layer("max-pool2x2-32-32px-b64", MaxPool(2), Data((64, 32, 32, 32))),
    layer("batch-norm-32-32px-b64", BatchNorm(32), Data((64, 32, 32, 32))),
    Workload("layer/cross-entropy-1000-b256", (), (Data((256, 1000)),), Data((256,), 1000), "cross_entropy",
             mode="layer"),
    layer("embedding-10000-128-b64x64", Embedding(10_000, 128), Data((64, 64), below=10_000)),
    layer("attention-4x32-t64-b16", Attention(), *[Data((16, 4, 64, 32))] * 3),
    layer("attention-4x64-t512-b4", Attention(), *[Data((4, 4, 512, 64))] * 3),
]
