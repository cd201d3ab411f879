"""The examples for trackers of experiments tell them what the history says, at the right step."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("tracker", "ended"), [("mlflow", "end_run"), ("wandb", "finish")])
def test_every_epoch_is_logged_once(tracker, ended, tmp_path):
    paths = [str(HOUSE / "tests" / "fakes" / tracker), *filter(None, [os.environ.get("PYTHONPATH")])]
    script = HOUSE / "examples" / f"{tracker}_tracking.py"
    result = subprocess.run([sys.executable, "-W", "error", script], cwd=tmp_path, capture_output=True, text=True,
                            check=False, timeout=60, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
    assert result.returncode == 0, result.stderr
    logged = {int(step): json.loads(text) for step, text in re.findall(r"^log (\d+) (.*)$", result.stdout, re.M)}
    assert list(logged) == [1, 2, 3]
    assert logged[3]["epoch"] == 3 and 0 < logged[3]["val_loss"] < logged[1]["val_loss"]
    assert f"accuracy {logged[3]['val_accuracy']:.3f}" in result.stdout
    assert ended in result.stdout
    if tracker == "wandb":
        assert logged[2]["grad_norm/0"] > 0 and logged[2]["update_ratio/2"] > 0
    else:
        assert '"lr": 0.01' in result.stdout
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 34
