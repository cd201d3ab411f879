"""The measurement of a workload: blocks of steps of all sides in turn, until each side agrees with itself."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .peers import PEERS
from .side import Side
from .workload import Unable

__all__ = ["Result", "Row", "Settings", "alternate", "measure", "together"]

TOLERANCE = 1e-4        # of a loss, or of an array's length, between any two libraries
AGREEMENT = 0.05        # of the medians of a side's first and second half of blocks
PAUSE = 0.1             # seconds after a block, in which the thread pools of its library stop spinning and sleep


@dataclass(frozen=True)
class Settings:
    """How long to measure: ``blocks`` of ``seconds`` each for each side, and while unsettled up to ``limit`` blocks."""

    threads: int = 2
    blocks: int = 10
    seconds: float = 0.3
    limit: int = 30


@dataclass
class Result:
    """What one side did: seconds per step of every block, bytes above the library's own, or why it could not."""

    times: list[float] = field(default_factory=list)
    fastest: float = 0.0
    memory: int = 0
    baseline: int = 0
    settled: bool = True
    unable: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return statistics.median(self.times)


@dataclass
class Row:
    """A workload with what each side did; ``ours`` is the one the others are compared with."""

    workload: str
    ours: str
    results: dict[str, Result]

    def ratios(self, peer: str) -> list[float]:
        """Return our time in a peer's, for every round in which both ran a block one after the other."""
        mine, its = self.results[self.ours].times, self.results[peer].times
        return [a / b for a, b in zip(mine, its, strict=True)] if mine and its else []

    def fastest_ratio(self, peer: str) -> float:
        """Return our fastest step in a peer's fastest, which other work on the machine disturbs least."""
        return self.results[self.ours].fastest / self.results[peer].fastest

    def memory_ratio(self, peer: str) -> float | None:
        """Return our peak above our library's own memory in a peer's above its own."""
        mine, its = self.results[self.ours], self.results[peer]
        return mine.memory / its.memory if mine.times and its.times and its.memory > 0 else None


def measure(workload: str, ours: str, peers: list[str], settings: Settings) -> Row:
    """Measure one workload on our side and on all peers; who finds other numbers than we do is not timed."""
    sides = [Side(workload, peer, settings.threads) for peer in (ours, *peers)]
    expected: list[Any] = []

    def check(numbers: list[Any]) -> None:
        expected[:] = expected or numbers
        _check(numbers, expected, ours)

    return Row(workload, ours, dict(zip((ours, *peers), together(sides, settings, check), strict=True)))


def together(sides: list[Side], settings: Settings, check: Callable[[list[Any]], None] = lambda _: None
             ) -> list[Result]:
    """Prepare, warm up and measure sides in turn, never two of them computing at the same time; end them."""
    results = {side: Result() for side in sides}
    try:
        for side, result in results.items():
            with _reporting(result):
                answer = side.ask("prepare")
                result.versions = answer["versions"]
                check(answer["numbers"])
                side.warm(settings.seconds)
        alternate(results, settings)
        for side, result in results.items():
            with _reporting(result):
                if not result.unable:
                    memory = side.ask("memory")
                    result.memory, result.baseline = memory["peak"] - memory["baseline"], memory["baseline"]
    finally:
        for side in sides:
            side.quit()
    return list(results.values())


def alternate(results: dict[Side, Result], settings: Settings) -> None:
    """Run blocks of all able sides in turn and note their times, until all agree with themselves or it is enough."""
    for count in range(settings.limit):
        running = [side for side, result in results.items() if not result.unable]
        if count >= settings.blocks and all(_settled(results[side].times) for side in running):
            break
        for side in running if count % 2 == 0 else reversed(running):       # so that no side is always the first
            result = results[side]
            with _reporting(result):
                answer = side.ask("block", steps=side.steps)
                result.times.append(answer["seconds"] / side.steps)
                result.fastest = min(result.fastest or math.inf, answer["fastest"])
            time.sleep(PAUSE)
    for result in results.values():
        result.settled = _settled(result.times)


def _settled(times: list[float]) -> bool:
    if len(times) < 2:
        return True
    first, second = times[:len(times) // 2], times[len(times) // 2:]
    low, high = sorted((statistics.median(first), statistics.median(second)))
    return high / low - 1 <= AGREEMENT


def _check(numbers: list[Any], expected: list[Any], ours: str) -> None:
    theirs = {name: (value, scale) for name, value, scale in numbers}
    for name, value, scale in expected:
        if name in theirs and not abs(theirs[name][0] - value) <= TOLERANCE * max(scale, 1e-12):
            raise Unable(f"disagrees: {name} is {theirs[name][0]:.7g}, and {value:.7g} in {PEERS[ours].title}")
    if not theirs.keys() & {name for name, _, _ in expected}:
        raise Unable("nothing to compare it by")


class _reporting:
    """Notes the reason why a side is unable, and goes on."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Unable):
            self.result.unable, self.result.times = str(error), []
        return isinstance(error, Unable)
