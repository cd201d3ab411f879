"""A small config for sweeps, and sweeps without pictures."""

import pytest

CONFIG = """\
name: small
seed: 5
data:
  dataset: {blobs: {n_samples: 60, n_classes: 3}}
  validation_size: 15
model: [{Linear: [2, 7]}, Tanh, {Linear: [7, 3]}]
loss: CrossEntropyLoss
optimizer: {Adam: {lr: 0.02}}
metrics: [accuracy]
training: {epochs: 3, batch_size: 15, report: false, checkpoints: {every: 1, unit: epochs}}
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(CONFIG)
    monkeypatch.setattr("chainrule.experiments.sweeps.outcome.draw_sweep", lambda *_: b"\x89PNG")
    return "small.yaml"
