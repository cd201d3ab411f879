"""How long a sequence windows of 4 steps learn to copy, with synthetic gradients and without.

``python -m benchmarks.copy_synthetic``: every finished run is stored at once; a call skips what is stored and stops
after ``--seconds``.
"""

import argparse
import math

import numpy as np

import chainrule
from chainrule.backprop.synthetic import SyntheticBoundary, SyntheticGradient, predictor_network
from chainrule.backprop.time import TruncatedBPTT, stream_loss
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import Adam

from .copy_task import copy_stream
from .stored import Stored

__all__ = ["learn", "main"]

SOLVED, EPOCHS, HIDDEN = 1.05, 40, 64


def learn(length, synthetic, seed):
    """Train until the test perplexity is at most ``SOLVED``, or for ``EPOCHS``; return its course."""
    chainrule.manual_seed(seed)
    rng, boundary, course = np.random.default_rng(seed), None, []
    model = char_rnn(6, embedding=16, hidden=HIDDEN)
    if synthetic:
        network = predictor_network(2 * HIDDEN, hidden=[128])
        boundary = SyntheticBoundary(SyntheticGradient(network, Adam(network.parameters(), lr=3e-4)))
    optimizer = Adam(model.parameters(), lr=3e-3)
    bptt = TruncatedBPTT(model, CrossEntropyLoss(), optimizer, 4, boundary=boundary, max_norm=1.0)
    test = copy_stream(64, 400, length, np.random.default_rng(seed + 1000))
    while len(course) < EPOCHS and (not course or course[-1] > SOLVED):
        bptt.epoch(*copy_stream(64, 800, length, rng))
        course.append(math.exp(stream_loss(model, bptt.loss, *test)))
    return course


def main():
    """Run what is not stored yet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copy_synthetic", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--lengths", type=int, nargs="*", default=[3, 4, 5, 6, 7, 8])
    options = parser.parse_args()
    stored = Stored("copy_synthetic", options.seconds)
    for seed in range(options.seeds):
        for length in options.lengths:
            for method in ("truncated", "synthetic"):
                name = f"length {length}, {method}, seed {seed}"
                if course := stored.once(lambda job=(length, method == "synthetic", seed): learn(*job), name):
                    print(name, len(course), round(course[-1], 3), flush=True)


if __name__ == "__main__":
    main()
