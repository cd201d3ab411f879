"""``chainrule export``."""

import pytest

from chainrule.cli.main import main

onnx = pytest.importorskip("onnx")


def test_a_recipe_and_a_run_are_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "xor", "fresh.onnx"]) == 0
    assert "fresh.onnx: " in capsys.readouterr().out
    assert main(["train", "xor", "--set", "training.epochs=2"]) == 0
    [run] = (tmp_path / "runs").iterdir()
    assert main(["export", str(run), "trained.onnx"]) == 0
    fresh, trained = (onnx.load(name).graph for name in ("fresh.onnx", "trained.onnx"))
    assert [node.op_type for node in fresh.node] == [node.op_type for node in trained.node]
    weights = [[onnx.numpy_helper.to_array(each).tolist() for each in graph.initializer] for graph in (fresh, trained)]
    assert weights[0] != weights[1]
    capsys.readouterr()
    assert main(["export", "runs", "no.onnx"]) == 2
    assert "runs is no run" in capsys.readouterr().err and not (tmp_path / "no.onnx").exists()
