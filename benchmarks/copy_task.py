"""The copy task of Aicher, Foti & Fox 2019: fixed truncation against adaptive, ``python -m benchmarks.copy_task``.

``--variable`` is their second task, of sequences of 5 to 10 places, where those of the first have 10. Each call goes on
where the last one ended, for ``--seconds``; results and weights are stored after every epoch.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np

import chainrule
from chainrule.backprop.time import AdaptiveBPTT, TruncatedBPTT, stream_loss
from chainrule.layers.core import load_weights, save_weights
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import SGD

from .stored import Stored

__all__ = ["copy_stream", "main", "variable_stream"]

SETTINGS = ("K=5", "K=10", "K=20", "adaptive")                     # δ = 0.5
VARIABLE = ("K=5", "K=10", "K=20", "K=30", "adaptive", "adaptive 0.1")
BLANK, MARK, SYMBOLS = 0, 1, (2, 3, 4, 5)


def copy_stream(streams, steps, length, rng):
    """Return x and y, (streams, steps): a mark and ``length - 1`` symbols, then as many blanks to say them again in."""
    count = math.ceil(steps / (2 * length))
    said = rng.choice(SYMBOLS, (streams, count, length))
    said[..., 0] = MARK
    blank = np.full_like(said, BLANK)
    x, y = np.concatenate([said, blank], 2), np.concatenate([blank, said], 2)
    return x.reshape(streams, -1)[:, :steps], y.reshape(streams, -1)[:, :steps]


def variable_stream(streams, steps, least, most, rng):
    """Return x and y as ``copy_stream`` does, the length of every sequence drawn from ``least … most``."""
    x, y = (np.empty((streams, steps), np.int64) for _ in range(2))
    for row in range(streams):
        lengths = rng.integers(least, most + 1, math.ceil(steps / (2 * least)))
        parts = [copy_stream(1, 2 * length, length, rng) for length in lengths]
        x[row], y[row] = (np.concatenate(each, 1)[0, :steps] for each in zip(*parts, strict=True))
    return x, y


def make(setting, seed):
    """Return network and training of a setting."""
    rng = np.random.default_rng(seed)
    chainrule.manual_seed(seed)
    model = char_rnn(6, embedding=50, hidden=50, layers=2)
    optimizer = SGD(model.parameters(), lr=1.0, weight_decay=1e-5)
    loss = CrossEntropyLoss()
    if setting.startswith("adaptive"):
        tolerance = float(setting.removeprefix("adaptive") or 0.5)
        return model, AdaptiveBPTT(model, loss, optimizer, tolerance, clip=1.0, rng=rng)
    k = int(setting.removeprefix("K="))
    bptt = TruncatedBPTT(model, loss, optimizer, k, 2 * k - 1, max_norm=1 / k)
    optimizer.param_groups[0]["lr"] = math.sqrt(k)
    return model, bptt


def run(setting, epochs, seconds, seed, weights, variable):
    """Train a setting further; return whether it is done."""
    rng = np.random.default_rng(seed)
    train, valid, test = (variable_stream(64, steps, 5, 10, rng) if variable else copy_stream(64, steps, 10, rng)
                          for steps in (4000, 1000, 1000))
    stored = Stored("copy_task")
    name = f"{'variable, ' if variable else ''}{setting}, seed {seed}"
    record = stored.results.setdefault(name, {"train": [], "valid": [], "k": [], "seconds": 0.0})
    model, bptt = make(setting, seed)
    file = weights / f"copy_{name}.safetensors"
    if record["train"]:
        load_weights(model, file)
    began = time.perf_counter()
    while len(record["train"]) < epochs:
        start = time.perf_counter()
        if isinstance(bptt, AdaptiveBPTT):
            bptt.rng = np.random.default_rng((seed, len(record["train"])))
        record["train"].append(math.exp(bptt.epoch(*train)))
        record["k"].append(bptt.k1)
        record["valid"].append(math.exp(stream_loss(model, bptt.loss, *valid)))
        record["seconds"] += time.perf_counter() - start
        save_weights(model, file)
        if len(record["train"]) == epochs:
            record["test"] = math.exp(stream_loss(model, bptt.loss, *test))
        stored.write()
        if time.perf_counter() - began > seconds:
            break
    print(name, len(record["train"]), [round(value, 3) for value in record["valid"][-3:]], record["k"][-3:],
          record.get("test"), round(record["seconds"], 1))
    return len(record["train"]) >= epochs


def draw(path):
    """Draw validation perplexity and K of every setting."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for name, record in Stored("copy_task").results.items():
        if name.startswith("variable"):
            continue
        left.plot(range(1, len(record["valid"]) + 1), record["valid"], label=name.split(",")[0])
        right.plot(range(1, len(record["k"]) + 1), record["k"])
    left.set(xlabel="epoch", ylabel="validation perplexity")
    right.set(xlabel="epoch", ylabel="K")
    left.legend()
    pyplot.rcParams["svg.hashsalt"] = "copy_task"
    figure.savefig(path, metadata={"Date": None})


def main():
    """Run the settings that are not done yet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copy_task", description=__doc__)
    parser.add_argument("settings", nargs="*", help=f"of {', '.join(VARIABLE)}; all without one")
    parser.add_argument("--variable", action="store_true", help="sequences of 5 to 10 places")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=150, help="after which to stop, between two epochs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, default=Path("runs"), help="folder for the weights of unfinished runs")
    parser.add_argument("--draw", type=Path, metavar="FILE", help="only draw what is stored")
    options = parser.parse_args()
    if options.draw:
        draw(options.draw)
        return
    options.weights.mkdir(exist_ok=True)
    began = time.perf_counter()
    for setting in options.settings or (VARIABLE if options.variable else SETTINGS):
        left = options.seconds - (time.perf_counter() - began)
        if left <= 0 or not run(setting, options.epochs, left, options.seed, options.weights, options.variable):
            return


if __name__ == "__main__":
    main()
