"""A run of several processes, one of which is killed again and again: ``python -m benchmarks.kills``.

``chainrule launch --max-restarts 20 train digits_cnn`` loses a rank by SIGKILL at each of 20 random moments, half of
them from when its processes are there, the others from when they have trained an epoch: how long the others live on,
what is left of them, and what the run comes to in the end. For Linux.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from .machine import machine

__all__ = ["kill_again_and_again", "main"]

RESULTS = Path("benchmarks", "results", "kills.json")
MEMORY = Path("/dev/shm")


def ranks_of(pid):
    """Return the processes of a launched job that train."""
    found = []
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        try:
            command = Path(f"/proc/{child}/cmdline").read_text().split("\0")
            found += [child] if command[0] == sys.executable and "train" in command else ranks_of(child)
        except (FileNotFoundError, ProcessLookupError):     # it has ended meanwhile
            pass
    return found


def lives(pid):
    """Return whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def trained(folder, since):
    """Return whether a run below a folder has kept a checkpoint, that of an epoch, after a moment."""
    return any(path.stat().st_mtime > since for path in Path(folder).glob("runs/[!.]*/checkpoints/epoch*"))


def kill_again_and_again(arguments, ranks, kills, longest, seed, folder, mpi=False):
    """Launch a run in a folder and kill a rank ``kills`` times; return what it did.

    A moment is within ``longest`` seconds from when all ranks are there, or every other time from when they have
    trained an epoch, after each of which there is a checkpoint; ``arguments`` are for ``chainrule train``.
    """
    each = ["training.checkpoints.every=1", "training.checkpoints.unit=epochs"]
    draw, memory = np.random.default_rng(seed), set(MEMORY.iterdir())
    command = [sys.executable, "-m", "chainrule", "launch", "-n", str(ranks), "--max-restarts", str(kills),
               *(["--mpi"] if mpi else []), "train", *arguments,
               *(part for setting in each for part in ("--set", setting))]
    seen, seconds, began = set(), [], time.time()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as launcher:
        while len(seconds) < kills and launcher.poll() is None:
            alive = [pid for pid in ranks_of(launcher.pid) if pid not in seen]
            if len(alive) < ranks:
                time.sleep(0.01)
                continue
            while len(seconds) % 2 and not trained(folder, began) and all(map(lives, alive)):
                time.sleep(0.01)
            time.sleep(draw.uniform(0, longest))
            subprocess.run(["kill", "-9", str(alive[draw.integers(ranks)])], check=False)
            began = time.time()
            while any(map(lives, alive)):
                time.sleep(0.002)
            seconds.append(time.time() - began)
            seen.update(alive)
        said = launcher.communicate()[0]
    left = sorted(path.name for path in set(MEMORY.iterdir()) - memory)
    return {"code": launcher.returncode, "seconds": seconds, "left in /dev/shm": left, "said": said}


def main():
    """Kill, and store and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--longest", type=float, default=4.0, help="seconds of a life (default: 4)")
    parser.add_argument("--mpi", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = kill_again_and_again(["digits_cnn", "--set", f"training.epochs={options.epochs}"], 2, options.kills,
                                    options.longest, 0, folder, options.mpi)
        runs = [path for path in Path(folder, "runs").iterdir() if not path.name.startswith(".")]
        result = json.loads((runs[0] / "result.json").read_text())
    print(told["said"])
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept = {key: told[key] for key in ("code", "seconds", "left in /dev/shm")}
    found["MPI" if options.mpi else "shared memory"] = {
        "machine": machine(), **kept, "runs": len(runs), "status": result["status"], "epoch": result["epoch"],
        "test_accuracy": result["test_accuracy"]}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(f"{len(told['seconds'])} kills, the last process gone within {max(told['seconds']):.2f} s; left: "
          f"{told['left in /dev/shm'] or 'nothing'}; {result['status']} at epoch {result['epoch']}, "
          f"test_accuracy {result['test_accuracy']:.4f}")


if __name__ == "__main__":
    main()
