"""``chainrule runs``."""

import json

from chainrule.cli.main import main


def make(path, rate, status):
    path.mkdir(parents=True)
    (path / "config.yaml").write_text(f"seed: 0\noptimizer: {{SGD: {{lr: {rate}}}}}\n")
    (path / "metrics.jsonl").write_text(json.dumps({"epoch": 1, "loss": rate}) + "\n")
    (path / "result.json").write_text(json.dumps({"status": status, "test_accuracy": 0.5}))


def test_a_row_for_each_run_with_what_differs_and_what_was_best(tmp_path, capsys):
    make(tmp_path / "a-20300101-000000-f00d", 0.25, "finished")
    make(tmp_path / "b-20300102-000000-f00d", 0.125, "interrupted")
    assert main(["runs", "--runs", str(tmp_path)]) == 0
    head, _, *rows = (line.split() for line in capsys.readouterr().out.splitlines() if line.strip())
    assert head == ["run", "status", "epochs", "best", "loss", "test_accuracy", "optimizer.SGD.lr"]
    assert rows == [["a-20300101-000000-f00d", "finished", "1", "0.25", "0.5", "0.25"],
                    ["b-20300102-000000-f00d", "interrupted", "1", "0.125", "0.5", "0.125"]]


def test_without_runs_that_is_said(tmp_path, capsys):
    assert main(["runs", "--runs", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"no runs in {tmp_path}\n"
    assert main(["runs", "--runs", str(tmp_path / "nowhere")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "No such file or directory; --runs says where runs are" in line
