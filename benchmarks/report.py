"""Results as a table on the screen, as JSON with every block's time, and as a page in Markdown."""

import json
import math
import statistics
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from .machine import machine
from .measure import Row
from .peers import PEERS

__all__ = ["best_of", "geometric_mean", "line", "markdown", "store", "store_table", "summary", "table"]

FOOT = ("Each cell: our time in the peer's, median of rounds [quartiles] (fastest step in fastest step); below 1 we\n"
        "are faster. `mem`: our peak memory above our library's own, in the peer's above its own; MB is ours. `~`:\n"
        "unsettled, the side did not agree with itself within 5 %. `–`: not measured, see below.")


def cells(row: Row, peers: list[str]) -> list[str]:
    """Return a row as texts: name, our time and memory, and ratios to every peer."""
    mine = row.results[row.ours]
    if not mine.times:
        return [row.workload, "–", "", *("" for _ in peers)]
    own = [row.workload, f"{_time(mine.seconds)}{'' if mine.settled else ' ~'}", f"{mine.memory / 2**20:.1f}"]
    return [*own, *(_cell(row, peer) for peer in peers)]


def _cell(row: Row, peer: str) -> str:
    result = row.results[peer]
    ratios = sorted(row.ratios(peer))
    if not ratios:
        return "–"
    low, high = _quartiles(ratios)
    memory = row.memory_ratio(peer)
    return " ".join([f"{statistics.median(ratios):.2f} [{low:.2f}–{high:.2f}] ({row.fastest_ratio(peer):.2f})",
                     *([] if result.settled else ["~"]), *([] if memory is None else [f"mem {memory:.2f}"])])


def _quartiles(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def _time(seconds: float) -> str:
    return next(f"{seconds * factor:.3g} {unit}" for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs"))
                if seconds * factor >= 1 or unit == "µs")


def line(row: Row, peers: list[str]) -> str:
    """Return a row as one line, to be read while the rest is being measured."""
    name, mine, megabytes, *others = cells(row, peers)
    return f"{name}: {mine}, {megabytes} MB; " + "; ".join(
        f"{PEERS[peer].title} {cell}" for peer, cell in zip(peers, others, strict=True))


def head(ours: str, peers: list[str]) -> list[str]:
    return ["workload", PEERS[ours].title, "MB", *(PEERS[peer].title for peer in peers)]


def table(rows: list[Row], ours: str, peers: list[str]) -> Table:
    """Return all rows as a table for the screen."""
    shown = Table(caption=FOOT, caption_justify="left")
    for title in head(ours, peers):
        shown.add_column(title, no_wrap=True)
    for row in rows:
        shown.add_row(*map(Text, cells(row, peers)))
    return shown


def geometric_mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(math.log(value) for value in values))


def best_of(row: Row, peers: list[str]) -> tuple[float, float] | None:
    """Return the ratios to the fastest of several peers, of medians and of fastest steps; None if none of them ran."""
    ran = [peer for peer in peers if peer in row.results and row.ratios(peer)]
    if not ran:
        return None
    return max(statistics.median(row.ratios(peer)) for peer in ran), max(row.fastest_ratio(peer) for peer in ran)


def summary(rows: list[Row], peers: list[str]) -> list[str]:
    """Return a line for each peer, one for the best compiled one, and one for each thing a peer could not do."""
    groups = {PEERS[peer].title: [peer] for peer in peers}
    compiled = [peer for peer in ("torch-compile", "jax") if peer in peers]
    if len(compiled) > 1:
        groups["the best of torch.compile and JAX"] = compiled
    lines = []
    for title, group in groups.items():
        found = {row.workload: ratios for row in rows if (ratios := best_of(row, group)) is not None}
        if found:
            medians, fastest = (geometric_mean(list(column)) for column in zip(*found.values(), strict=True))
            slowest = max(found, key=found.__getitem__)
            lines.append(f"{title}: geometric mean {medians:.2f} (fastest steps {fastest:.2f}) of {len(found)} "
                         f"workloads; slower on {sum(ratio > 1 for ratio, _ in found.values())}, at most "
                         f"{found[slowest][0]:.2f} on {slowest}")
    return lines + unable(rows)


def unable(rows: list[Row]) -> list[str]:
    """Return what could not be measured and why, one line for each library and reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for peer, result in row.results.items():
            if result.unable:
                reasons.setdefault((peer, result.unable), []).append(row.workload)
    return [f"{PEERS[peer].title} – {reason} – {', '.join(names)}" for (peer, reason), names in reasons.items()]


def markdown(rows: list[Row], ours: str, peers: list[str], facts: dict[str, Any]) -> str:
    """Return all rows as a page."""
    lines = [head(ours, peers), ["---"] * (3 + len(peers)), *(cells(row, peers) for row in rows)]
    told = [f"- {name}: {value}" for name, value in facts.items()]
    return "\n".join(["# Measurements", "", *told, "", *("| " + " | ".join(line) + " |" for line in lines), "", FOOT,
                      "", *(f"- {line}" for line in summary(rows, peers)), ""])


def store_table(path: Path, title: str, head: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    """Write a table to ``path`` with the endings .json and .md."""
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = machine()
    page = [f"# {title}", "", *(f"- {name}: {value}" for name, value in facts.items()), "",
            *("| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *lines)), ""]
    path.with_suffix(".md").write_text("\n".join(page), encoding="utf-8")
    data = {"facts": facts, "rows": [dict(zip(head, line, strict=True)) for line in lines]}
    path.with_suffix(".json").write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")


def store(path: Path, rows: list[Row], ours: str, peers: list[str], facts: dict[str, Any]) -> None:
    """Write ``path`` with the endings .json and .md."""
    path.parent.mkdir(parents=True, exist_ok=True)
    versions = {name: number for row in rows for result in row.results.values()
                for name, number in result.versions.items()}
    facts = facts | {"versions": ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))}
    path.with_suffix(".md").write_text(markdown(rows, ours, peers, facts), encoding="utf-8")
    data = {"facts": facts, "ours": ours, "rows": [asdict(row) for row in rows]}
    path.with_suffix(".json").write_text(json.dumps(data, indent=1), encoding="utf-8")
