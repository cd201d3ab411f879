"""Ratios, memory and reasons arrive in the table and its summary as they were measured."""

import json

from benchmarks.measure import Result, Row
from benchmarks.report import best_of, line, store, summary


def row(name, ours, torch, jax):
    """Return a row of two blocks each; a peer without a time was unable."""
    def result(seconds):
        return Result([seconds, seconds], seconds / 2, memory=3 * 2**20) if seconds else Result(unable="not here")
    return Row(name, "chainrule", {"chainrule": result(ours), "torch": result(torch), "jax": result(jax)})


ROWS = [row("one", 1e-3, 4e-3, 2e-3), row("two", 2.0, 2.0, None)]


def test_a_line_shows_time_ratio_and_memory():
    assert line(ROWS[0], ["torch", "jax"]) == (
        "one: 1 ms, 3.0 MB; PyTorch eager 0.25 [0.25–0.25] (0.25) mem 1.00; "
        "JAX jit 0.50 [0.50–0.50] (0.50) mem 1.00")
    assert line(ROWS[1], ["jax"]) == "two: 2 s, 3.0 MB; JAX jit –"


def test_the_best_peer_is_the_one_we_are_slowest_against():
    assert best_of(ROWS[0], ["torch", "jax"]) == (0.5, 0.5)
    assert best_of(ROWS[1], ["jax"]) is None


def test_the_summary_has_geometric_means_and_reasons():
    torch, jax, reason = summary(ROWS, ["torch", "jax"])
    assert torch.startswith("PyTorch eager: geometric mean 0.50 (fastest steps 0.50) of 2 workloads; slower on 0")
    assert "0.50" in jax
    assert reason == "JAX jit – not here – two"


def test_what_is_stored_can_be_read_again(tmp_path):
    store(tmp_path / "deep" / "found", ROWS, "chainrule", ["torch", "jax"], {"processor": "made up"})
    stored = json.loads((tmp_path / "deep" / "found.json").read_text())
    assert stored["rows"][0]["results"]["torch"]["times"] == [4e-3, 4e-3]
    assert "| two | 2 s | 3.0 | 1.00 [1.00–1.00] (1.00) mem 1.00 | – |" in (tmp_path / "deep" / "found.md").read_text()
