"""What a plan says: the schedule, its memory and its work beside those of the plain run, as text and as a picture."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .computation import Computation
from .liveness import Profile, simulate
from .schedule import Schedule, plain
from .unroll import Unrolled

__all__ = ["Plan", "show_bytes"]


@dataclass(frozen=True)
class Plan:
    """A schedule of a model at an input shape.

    Attributes:
        unrolled:    the model's calls
        computation: what the planner knew of them
        schedule:    the steps: a number computes a call, its complement goes back through it
        budget:      bytes that were allowed
    """

    unrolled: Unrolled
    computation: Computation
    schedule: Schedule
    budget: int

    @cached_property
    def profile(self) -> Profile:
        """The schedule simulated."""
        return simulate(self.computation, self.schedule)

    @cached_property
    def plain(self) -> Profile:
        """The plain run simulated, in which containers keep their caches until the way back is over."""
        return simulate(self.computation, plain(self.computation), "caches")

    @cached_property
    def peak(self) -> int:
        """The most bytes of values, caches and gradients that are alive at once."""
        return self.profile.peak

    @cached_property
    def plain_peak(self) -> int:
        """The same of the plain run."""
        return self.plain.peak

    @cached_property
    def live_peak(self) -> int:
        """The same if the plain run freed everything right after its last use."""
        return simulate(self.computation, plain(self.computation)).peak

    @cached_property
    def cost(self) -> float:
        """Forward work, as a multiple of the plain run's."""
        return self.profile.cost / self.computation.cost

    @cached_property
    def turn(self) -> int:
        """The number of the step with which the way back begins: when every call has run once."""
        seen: set[int] = set()
        for number, step in enumerate(self.schedule):
            seen.add(step)
            if len(seen) == len(self.computation.nodes):
                return number + 1
        return len(self.schedule)

    @cached_property
    def repeated(self) -> frozenset[int]:
        """The calls that run more than once."""
        forward = [step for step in self.schedule if step >= 0]
        return frozenset(step for step in set(forward) if forward.count(step) > 1)

    def __str__(self) -> str:
        nodes = self.computation.nodes
        rows = [("budget", show_bytes(self.budget), ""),
                ("peak", show_bytes(self.peak), _part(self.peak, self.plain_peak)),
                ("plain run", show_bytes(self.plain_peak), ""),
                ("freed when dead", show_bytes(self.live_peak), _part(self.live_peak, self.plain_peak)),
                ("forward work", f"{self.cost:.2f} ×", "")]
        lines = [" ".join((name.ljust(16), value.rjust(10), part)).rstrip() for name, value, part in rows]
        runs = _runs([place in self.repeated for place in range(len(nodes))])
        shown = [f"  {'again' if again else 'once':6}{_span([nodes[place].name for place in places])}"
                 for again, places in runs]
        return "\n".join([*lines, f"{len(self.repeated)} of {len(nodes)} calls run again on the way back:", *shown])

    def draw(self, path: str | Path) -> None:
        """Save a picture of the memory over the steps, of this plan and of the plain run."""
        from matplotlib.figure import Figure
        figure = Figure(figsize=(8, 3.5), layout="constrained")
        axes = figure.subplots()
        for profile, label in ((self.plain, "plain run"), (self.profile, "plan")):
            axes.step(range(len(profile.held)), profile.held / 2**20, where="mid", label=label)
        axes.axhline(self.budget / 2**20, linestyle="--", color="gray", label="budget")
        axes.set(xlabel="step: forward, then back", ylabel="MB", ylim=(0, None))
        axes.legend()
        figure.savefig(path)


def show_bytes(count: float) -> str:
    """Return bytes as people write them, such as ``12.3 MB``.

    Example:
        >>> show_bytes(12_900_000), show_bytes(512)
        ('12.3 MB', '512 B')
    """
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.2f} GB"


def _part(count: int, whole: int) -> str:
    return f"({100 * count / whole:.0f} % of the plain run)"


def _runs(flags: list[bool]) -> list[tuple[bool, list[int]]]:
    runs: list[tuple[bool, list[int]]] = []
    for place, flag in enumerate(flags):
        if runs and runs[-1][0] == flag:
            runs[-1][1].append(place)
        else:
            runs.append((flag, [place]))
    return runs


def _span(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]} ({len(names)} calls)"
