"""What steps and all-reduces cost here, and what follows for many ranks: ``python -m benchmarks.scaling``.

Measured are the passes of networks alone, in time of the processor; the all-reduces of two processes by size; and steps
of both at once, with an exchange, which the formula of ``scaling_model`` must predict, and without, for they share a
cache and the memory. Of these the least of many counts, which other work on the machine disturbs least. The result is
stored with the predictions for other links.
"""

import argparse
import json
import os
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

import chainrule
from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers.core import Observer, observe
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import lenet5, mlp, resnet
from chainrule.optim import SGD
from chainrule.training import Trainer
from chainrule.training.parallel import find_communicator, joined, launch
from chainrule.training.parallel.buckets import buckets_of

from .scaling_model import Links, Work, predicted, simulated
from .stored import FOLDER

__all__ = ["main"]

NETWORKS = {        # and the samples that a rank has of each batch
    "lenet5": (lenet5, (1, 28, 28), 64),
    "resnet20": (resnet, (3, 32, 32), 32),
    "mlp 1024-2048-2048-10": (lambda: mlp([1024, 2048, 2048, 10]), (1024,), 128),
}
ELSEWHERE = {"10 Gbit/s Ethernet": Links(25e-6, 1.1e9), "100 Gbit/s InfiniBand": Links(2e-6, 11e9)}    # as usual there
RANKS = (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
BYTES = (8, 1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 22, 1 << 24)
RESULT = "CHAINRULE_SCALING"        # environment variable of the second process: where its numbers are to be put


class Clock(Observer):
    """When each layer's backward call was done."""

    def __init__(self):
        self.done = {}

    def after_backward(self, path, layer, grad_out, grad_x):
        self.done[id(layer)] = time.thread_time()


def trainer_of(name):
    """Return a trainer for a network, and a batch of one rank."""
    make, shape, samples = NETWORKS[name]
    chainrule.manual_seed(0)
    model = make()
    x = np.random.default_rng(0).normal(size=(samples, *shape)).astype(np.float32)
    y = np.arange(samples) % 10
    return Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.01, momentum=0.9)), x, y


def passes(name, repeats):
    """Return the ``Work`` of a network: the medians of its passes alone."""
    trainer, x, y = trainer_of(name)
    model, loss, optimizer = trainer.model, trainer.loss, trainer.optimizer
    model.needs_input_grad = False
    buckets, took, ready = buckets_of(model.parameters()), [], []
    owners = {id(parameter): layer for _, layer in model.named_layers() for parameter in vars(layer).values()
              if hasattr(parameter, "grad")}
    for _ in range(repeats + 2):
        optimizer.zero_grad()
        times = [time.thread_time()]
        loss.forward(model.forward(x), y)
        times.append(time.thread_time())
        with observe(Clock()) as clock:
            model.backward(loss.backward())
        times.append(time.thread_time())
        optimizer.step()
        times.append(time.thread_time())
        took.append(np.diff(times))
        ready.append([(max(clock.done.get(id(owners[id(each)]), times[2]) for each in bucket.parameters) - times[1])
                      / (times[2] - times[1]) for bucket in buckets])
    forward, backward, update = np.median(took[2:], axis=0)
    low, high = np.percentile([sum(each[:2]) for each in took[2:]], (25, 75))
    noise = (high - low) / 1.349 / (forward + backward)
    return Work(float(forward), float(backward), float(update), [bucket.grad.nbytes for bucket in buckets],
                np.median(ready[2:], axis=0).tolist(), float(noise))


def together(repeats):
    """Return, in a job of two, the least times of all-reduces by size and of the steps of every network."""
    job = find_communicator()
    found = {"all_reduce": {}, "without exchange": {}, "steps": {}, "sent at the end": {}}
    for size in BYTES:
        array, took = np.zeros(size // 8), []
        for _ in range(300):
            job.barrier()
            start = time.perf_counter()
            job.all_reduce_(array)
            took.append(time.perf_counter() - start)
        found["all_reduce"][size] = min(took)
    for name in NETWORKS:
        job.barrier()
        found["without exchange"][name] = least_step(*trainer_of(name), repeats)
    with joined(job):
        for name in NETWORKS:
            trainer, x, y = trainer_of(name)
            both = ArrayDataset(np.concatenate([x, x]), np.concatenate([y, y]))
            trainer.fit(DataLoader(both, len(both)), epochs=2)      # from here on all are equal
            for kind in ("steps", "sent at the end"):
                found[kind][name] = least_step(trainer, x, y, repeats)
                trainer.exchange._early = [False for _ in trainer.exchange._early]      # what no user would ask for
    return job.rank, found


def least_step(trainer, x, y, repeats):
    """Return the seconds of the fastest of many steps."""
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        trainer.step(x, y)
        took.append(time.perf_counter() - start)
    return min(took)


def links_here(times):
    """Return alpha and bandwidth that come closest, in relative terms, to the all-reduces of two ranks."""
    rows = np.array([[2 / seconds, int(size) / seconds] for size, seconds in times.items()])
    (alpha, per_byte), *_ = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)
    return Links(float(max(alpha, 0)), float(1 / per_byte))


def predictions(work, links):
    """Return efficiency by the formula and by the simulation, for every number of ranks."""
    rng = np.random.default_rng(0)
    return {ranks: [round(work.alone / predicted(work, links, ranks), 4),
                    round(work.alone / simulated(work, links, ranks, rng, 50), 4)] for ranks in RANKS}


def main():
    """Measure, predict, store and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--repeats", type=int, default=30)
    options = parser.parse_args()
    if RESULT in os.environ:
        rank, found = together(options.repeats)
        if rank == 0:
            Path(os.environ[RESULT]).write_text(json.dumps(found), "utf-8")
        return
    chainrule.set_num_threads(1)
    works = {name: passes(name, options.repeats) for name in NETWORKS}
    part = FOLDER / "scaling.part"
    ended = launch("benchmarks.scaling", ["--repeats", str(options.repeats)], 2,
                   {RESULT: str(part.resolve()), "PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"})
    if ended.code:
        raise SystemExit(ended.how)
    measured = json.loads(part.read_text("utf-8"))
    part.unlink()
    here = links_here(measured["all_reduce"])
    stored = {"links": asdict(here), **measured, "networks": {}}
    print(f"two processes here: alpha {1e6 * here.alpha:.0f} us, {here.bandwidth / 1e9:.2f} GB/s")
    for name, work in works.items():
        took = measured["steps"][name]
        both = measured["without exchange"][name]
        said = both + predicted(replace(work, noise=0.0), here, 2) - work.alone     # undisturbed, as the least is
        print(f"{name}: {sum(work.sizes) / 1e6:.2f} MB in {len(work.sizes)} buckets, alone {1e3 * work.alone:.2f} ms, "
              f"two at once {1e3 * both:.2f} ms, two ranks {1e3 * took:.2f} ms, predicted {1e3 * said:.2f} ms, "
              f"sent at the end {1e3 * measured['sent at the end'][name]:.2f} ms")
        stored["networks"][name] = asdict(work) | {
            "predicted": said, "elsewhere": {kind: predictions(work, links) for kind, links in ELSEWHERE.items()}}
        for kind, rows in stored["networks"][name]["elsewhere"].items():
            print(f"  {kind:22s}", *(f"{formula:.2f}/{drawn:.2f}" for formula, drawn in rows.values()))
    (FOLDER / "scaling.json").write_text(json.dumps(stored, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
