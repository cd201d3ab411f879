"""Recurrent networks and a small language model."""

from ..specs import GRU, LSTM, Block, Embedding, Flatten, LayerNorm, Linear, Network, Positions
from ..workload import Data, Workload

__all__ = ["WORKLOADS", "gpt"]

CHARACTERS = 65


def recurrent(name: str, layer: LSTM, steps: int, batch: int) -> Workload:
    """Return the classification of sequences by the state after their last step."""
    return Workload(name, (layer, Flatten(0, 1), Linear(layer.hidden, 10)), (Data((steps, batch, layer.inputs)),),
                    Data((batch,), 10), "cross_entropy")


def gpt(name: str, blocks: int, width: int, heads: int, length: int, batch: int) -> Workload:
    """Return a language model of characters, as GPT-2 in all but size (Radford et al. 2019)."""
    network: Network = (Embedding(CHARACTERS, width), Positions(length, width),
                        *[Block(width, heads, 4 * width)] * blocks, LayerNorm(width), Linear(width, CHARACTERS),
                        Flatten(0, 1))
    return Workload(name, network, (Data((batch, length), CHARACTERS),), Data((batch * length,), CHARACTERS),
                    "cross_entropy")


WORKLOADS = [
    recurrent("train/lstm-64-128-t64-b32", LSTM(64, 128), steps=64, batch=32),
    recurrent("train/gru-28-64-t28-b64", GRU(28, 64), steps=28, batch=64),
    gpt("train/gpt-small-4x128-t64-b16", blocks=4, width=128, heads=4, length=64, batch=16),
]
