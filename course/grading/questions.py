"""Which questions a part is asked, and how much of the assignment a worker is told with each."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ..assignment import Assignment, Example
from ..names import own_modules
from ..seeds import seed_of
from .hidden_seed import hidden_seed

__all__ = ["AskedFor", "asked_for", "told_to_worker"]


class AskedFor(NamedTuple):
    """One question to a part: which example, the seed of its numbers, and whether the handout has it."""

    example: int
    seed: int
    visible: bool


def asked_for(assignment: Assignment, name: str, secret: bytes, files: Mapping[str, str]) -> Iterator[AskedFor]:
    """Yield the questions to a part: those of the handout with its numbers, then all with a submission's own."""
    part = assignment.parts[name]
    in_handout = [index for index, example in enumerate(part.examples) if part.visible and example.visible]
    for number, index in enumerate(in_handout):
        yield AskedFor(index, seed_of(assignment.seed, "visible", name, number), True)
    for time in range(assignment.hidden):
        for index, _ in enumerate(part.examples):
            yield AskedFor(index, hidden_seed(secret, files, name, index, time), False)


def told_to_worker(assignment: Assignment, name: str, index: int, probe: bool) -> dict[str, Any]:
    """Return what a worker must know to answer: one example of one part, without what draws its numbers.

    ``probe`` is whether to ask for what only helps to tell mistakes apart, too.
    """
    part = assignment.parts[name]
    whole = part.examples[index]
    example = Example(make=whole.make, call=whole.call, arguments=dict.fromkeys(whole.arguments, ""))
    told = replace(assignment, text="", mistakes="", parts={name: replace(part, examples=[example], needs=())},
                   files=tuple(f"{module}.py" for module in own_modules(assignment)))
    return {"assignment": told.plain(), "probe": probe}
