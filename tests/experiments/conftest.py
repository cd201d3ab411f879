"""A small run and what comes of it, for the tests of runs and of runs that go on."""

import json
import os
import signal

import pytest

from chainrule.experiments import open_config, run
from chainrule.training import Trainer

CONFIG = """\
data:
  dataset: {blobs: {n_samples: 60, n_classes: 3}}
  test_size: 0.25
  validation_size: 9
model:
  - Linear: [2, 7]
  - Tanh
  - Dropout: 0.2
  - Linear: [7, 3]
loss: CrossEntropyLoss
optimizer: {Adam: {lr: 0.02}}
metrics: [accuracy]
training: {epochs: 4, batch_size: 10}
"""


@pytest.fixture
def quickly(monkeypatch):
    """Do without the pictures, which take most of the time; other tests look at them."""
    monkeypatch.setattr("chainrule.experiments.runs.reporting.Reporter._try",
                        lambda self, _: self.folder.write("report.html", b""))


@pytest.fixture
def train(tmp_path, monkeypatch):
    """Return a function that runs the config, with overrides, in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(CONFIG)
    return lambda *overrides: run(open_config("small.yaml", overrides), verbose=False)


@pytest.fixture
def lines():
    """Return a function that reads the rows of a run's history."""
    return lambda path: [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture
def step():
    """Return a function that lets ``call`` be made before every step, with its number from 1, until it is undone."""
    def patched(call):
        patch, ordinary, steps = pytest.MonkeyPatch(), Trainer.step, []

        def stepping(self, x, y):
            steps.append(1)
            call(len(steps))
            return ordinary(self, x, y)

        patch.setattr(Trainer, "step", stepping)
        return patch
    return patched


@pytest.fixture
def interrupt(step):
    """Return a function that runs a config and lets a signal come in the step with a number."""
    def run_until(config, at):
        patch = step(lambda number: number == at and os.kill(os.getpid(), signal.SIGTERM))
        try:
            ended = run(config, verbose=False)
        finally:
            patch.undo()
        assert ended.signal == signal.SIGTERM
        return ended
    return run_until


@pytest.fixture
def outcome(lines):
    """Return a function that tells of a run what is the same for runs that are the same.

    These are the weights file, and metrics and result without times.
    """
    def found(path):
        rows = [{**row, "seconds": 0} for row in lines(path)]
        result = {**json.loads((path / "result.json").read_text()), "seconds": 0}
        return (path / "weights.safetensors").read_bytes(), rows, result
    return found
