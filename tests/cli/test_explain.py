"""``chainrule explain`` and ``chainrule sanity`` on a run."""

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.data import digits


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "digits_mlp", "--set", "training.epochs=1"]) == 0
    [path] = (tmp_path / "runs").iterdir()
    return path


def test_one_picture_and_clear_errors(path, capsys):
    np.save("some.npy", digits(flat=True).x[:2])
    capsys.readouterr()
    assert main(["explain", str(path), "--image", "some.npy", "--image", "5", "--method", "all"]) == 0
    out = capsys.readouterr().out
    assert "without grad_cam: grad_cam expected a network with a Conv2d" in out and "explanation.png" in out
    assert (path / "explanation.png").read_bytes()[1:4] == b"PNG"
    assert main(["sanity", str(path), "--samples", "3", "--method", "gradient"]) == 0
    assert "cascading" in (out := capsys.readouterr().out) and "gradient " in out.splitlines()[-1]
    for wrong, words in ((["--method", "gradiant"], "did you mean 'gradient'"), (["--class", "12"], "unknown class"),
                         (["--method", "grad_cam"], "Conv2d"), (["--output", "a.gif"], ".png")):
        assert main(["explain", str(path), "--image", "0", *wrong]) == 2
        assert words in capsys.readouterr().err
    assert main(["explain", str(path), "--image", "9999"]) == 2
    assert "got 9999" in capsys.readouterr().err
