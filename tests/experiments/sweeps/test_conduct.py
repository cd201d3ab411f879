"""A sweep to its end, through interrupts and kills."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import chainrule
from chainrule.experiments import sweep
from chainrule.experiments.sweeps.plan import plan_sweep
from chainrule.layers.core import ValueRangeError
from chainrule.training import Trainer

pytest.importorskip("optuna")

PARAMETERS = ["optimizer.lr=log:1e-3:1", "model.0.out_features,model.2.in_features=choice:4,16"]
LONG = ["training.epochs=4000", "training.checkpoints.unit=batches", "training.checkpoints.every=25"]


def quiet(line):
    """Say nothing."""


def whole(swept):
    """Return of each trial what is to be the same."""
    return {row.number: (row.status, row.value, row.values, (row.path / "weights.safetensors").read_bytes())
            for row in swept.rows}


def step(monkeypatch, call):
    """Call something before every step, with its number from 1."""
    ordinary, steps = Trainer.step, []

    def stepping(self, x, y):
        steps.append(1)
        call(len(steps))
        return ordinary(self, x, y)
    monkeypatch.setattr(Trainer, "step", stepping)


def test_a_sweep_that_is_interrupted_goes_on_and_ends_as_one_that_was_not(config, monkeypatch):
    undisturbed = sweep(config, PARAMETERS, trials=3, say=quiet, sweeps="undisturbed")
    assert undisturbed.signal is None
    with monkeypatch.context() as patch:
        step(patch, lambda number: number == 14 and signal.raise_signal(signal.SIGINT))    # amid the second trial
        cut = sweep(config, PARAMETERS, trials=3, say=quiet)
    assert cut.signal == signal.SIGINT
    assert [(row.number, row.status) for row in cut.rows] == [(0, "finished"), (1, "interrupted")]
    assert cut.best.number == 0 and (cut.sweep.path / "best.yaml").exists()
    lines = []
    assert whole(sweep(config, PARAMETERS, trials=3, say=lines.append)) == whole(undisturbed)
    assert lines[0] == f"goes on in {cut.sweep.path}: 1 of 3 trials are done"
    assert [line.split()[1] for line in lines[1:]] == ["1", "2"]
    longer = sweep(config, PARAMETERS, trials=4, say=lines.append)
    assert len(longer.rows) == 4 and whole(undisturbed).items() <= whole(longer).items()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_sweep_that_is_killed_goes_on_in_two_processes_and_loses_nothing(config, monkeypatch):
    undisturbed = sweep(config, PARAMETERS, trials=4, say=quiet, sweeps="undisturbed")
    planned = plan_sweep(config, PARAMETERS)
    planned.write()
    dying = f"""
import os, signal
from pathlib import Path
from chainrule.experiments.sweeps.plan import Sweep
from chainrule.experiments.sweeps.work import work
from chainrule.training import Trainer
step, steps = Trainer.step, []
def stepping(self, x, y):
    steps.append(1)
    if len(steps) == 17:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, x, y)
Trainer.step = stepping
work(Sweep.read(Path({str(planned.path)!r})), 4)
"""
    died = subprocess.run([sys.executable, "-c", dying], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    threads = chainrule.get_num_threads()
    chainrule.set_num_threads(2)
    try:
        ended = sweep(config, PARAMETERS, trials=4, jobs=2, say=quiet)
    finally:
        chainrule.set_num_threads(threads)
    assert whole(ended) == whole(undisturbed) and ended.deaths == ()
    sessions = {row.number: json.loads((row.path / "environment.json").read_text()) for row in ended.rows}
    assert [len(sessions[number]) for number in range(4)] == [1, 2, 1, 1]       # the second was cut, and went on
    assert sessions[3][0]["threads"]["OMP_NUM_THREADS"] == "1"


def begin(config, *overrides):
    """Begin a sweep of two processes; return it when both are amid a trial, and its plan."""
    command = [sys.executable, "-m", "chainrule", "sweep", config, "--jobs", "2", "--trials", "2",
               *(f"--param={each}" for each in PARAMETERS), *(f"--set={each}" for each in overrides)]
    begun = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    planned = plan_sweep(config, PARAMETERS, overrides)
    while len({path.parent for path in planned.trials.glob("[!.]*/checkpoints/*.safetensors")}) < 2:
        assert begun.poll() is None, begun.communicate()
        time.sleep(0.01)
    return begun, planned


def at_work(planned):
    """Return the processes of a sweep."""
    listed = subprocess.run(["ps", "-A", "-o", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if f"sweeps {planned.path}" in line]


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_processes_end_between_two_steps_when_the_first_is_interrupted_or_dies(config, how):
    begun, planned = begin(config, *LONG)
    begun.send_signal(how)
    out, err = begun.communicate(timeout=60)
    assert begun.returncode == (130 if how == signal.SIGINT else -how)
    assert "Traceback" not in err
    assert (how == signal.SIGINT) == ("interrupted by SIGINT; the same command goes on" in out)
    for _ in range(2500):
        if not at_work(planned):
            break
        time.sleep(0.02)
    results = [json.loads(path.read_text())["status"] for path in planned.trials.glob("*/result.json")]
    assert results == ["interrupted", "interrupted"]


@pytest.mark.long
def test_three_commands_at_once_share_one_sweep(config):
    command = [sys.executable, "-m", "chainrule", "sweep", config, "--trials", "9",
               *(f"--param={each}" for each in PARAMETERS)]
    begun = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = "".join(each.communicate(timeout=120)[0] for each in begun)
    assert [each.returncode for each in begun] == [0, 0, 0]
    lines = [line.split()[1] for line in said.splitlines() if line.startswith("trial ")]
    assert sorted(lines) == list("012345678")
    found = sweep(config, PARAMETERS, trials=9, say=quiet)
    assert [row.status for row in found.rows].count("interrupted") == 0 and len(found.rows) == 9


def test_jobs_and_trials_are_at_least_one(config):
    for name in ("jobs", "trials"):
        with pytest.raises(ValueRangeError, match=f"sweep expected {name}"):
            sweep(config, PARAMETERS, **{name: 0})
