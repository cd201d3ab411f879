"""Sums over processes against those of bare MPI: ``python -m benchmarks.all_reduce``.

For 2 and 4 ranks on this machine and several lengths: our ``all_reduce_`` through shared memory, ours through MPI, and
``MPI.COMM_WORLD.Allreduce`` of the same bytes. The two of MPI take turns. Times are the median and the minimum over
many calls; on a machine that others use, too, the minimum says more. Ranks that have no processor of their own, and
wait by looking, take minutes for many megabytes: they get no more than the gradient of a small network.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from chainrule.experiments import open_config
from chainrule.training.parallel import find_communicator, launch, launch_mpi

from .machine import machine

__all__ = ["main"]

RESULTS = Path("benchmarks", "results", "all_reduce.json")


def lengths():
    """Return how many float32 numbers are summed, by name."""
    model = open_config("digits_cnn").experiment.model
    return {"one number": 1, "1 kB": 250, "10 kB": 2500,
            "gradient of digits_cnn": sum(parameter.size for parameter in model.parameters()),
            "1 MB": 250_000, "10 MB": 2_500_000, "100 MB": 25_000_000}


def lengths_for(ranks):
    """Return the lengths that so many ranks sum on this machine."""
    largest = 25_000_000 if ranks <= (os.cpu_count() or 1) else 30_000
    return {name: length for name, length in lengths().items() if length <= largest}


def measure(rounds):
    """Return as a rank the median and least seconds of every way to sum and every length."""
    job = find_communicator()
    ways = {"ours": job.all_reduce_}
    if "mpi4py.MPI" in sys.modules:
        MPI = sys.modules["mpi4py.MPI"]
        ways["bare"] = lambda array: MPI.COMM_WORLD.Allreduce(MPI.IN_PLACE, array)
    seconds = {}
    for name, length in lengths_for(job.size).items():
        array, times = np.zeros(length, np.float32), {way: [] for way in ways}
        for turn in range(max(8, min(rounds, 50_000_000 // length))):
            for way, all_reduce_ in ways.items():
                job.barrier()
                began = time.perf_counter()
                all_reduce_(array)
                if turn > 2:        # the first ones find the memory cold
                    times[way].append(time.perf_counter() - began)
        seconds[name] = {way: [float(np.median(each)), min(each)] for way, each in times.items()}
    return job.rank, seconds


def main():
    """Measure in jobs of processes, and store and print what they found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.all_reduce", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--as-rank", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_rank:
        rank, seconds = measure(options.rounds)
        if rank == 0:
            Path(options.as_rank).write_text(json.dumps(seconds))
        return
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"seconds": {}}
    found |= {"machine": machine(), "bytes": {name: 4 * length for name, length in lengths().items()}}
    with tempfile.TemporaryDirectory() as folder:
        for ranks in options.ranks:
            both = {}
            for kind, start in (("shared memory", launch), ("MPI", launch_mpi)):
                said = Path(folder, f"{kind} {ranks}")
                ended = start("benchmarks.all_reduce", ["--rounds", str(options.rounds), "--as-rank", str(said)], ranks,
                              {"PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"})
                if ended.code:
                    sys.exit(ended.how)
                both[kind] = json.loads(said.read_text())
            found["seconds"][str(ranks)] = {
                name: {"shared memory": both["shared memory"][name]["ours"], "MPI": both["MPI"][name]["ours"],
                       "bare MPI": both["MPI"][name]["bare"]} for name in lengths_for(ranks)}
            RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    for ranks, by_length in found["seconds"].items():
        for name, ways in by_length.items():
            for way, (median, least) in ways.items():
                bare = ways["bare MPI"]
                print(f"{ranks} ranks  {name:24s} {way:14s} median {1e6 * median:10.1f} µs ({median / bare[0]:.2f}×)  "
                      f"least {1e6 * least:10.1f} µs ({least / bare[1]:.2f}×)")


if __name__ == "__main__":
    main()
