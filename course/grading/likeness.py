"""What of a submission is so like the library's own source that a teacher may want to look."""

from collections.abc import Collection, Iterator, Mapping

from ..similarity import similarities
from .material import Material

__all__ = ["likenesses"]

WORTH_TELLING = 0.9
LONGER = 10         # times as long as the right one; beyond, comparing takes too long


def likenesses(material: Material, submission: Mapping[str, str], names: Collection[str]) -> Iterator[str]:
    """Yield a note for each part among ``names`` that is all but the library's."""
    spots = {name: spot for name, spot in material.spots.items() if name in names}
    files = {spot.file for spot in spots.values()}
    long = {file for file in files if len(submission.get(file, "")) > LONGER * len(material.solution.get(file, ""))}
    yield from (f"{file} is more than {LONGER} times as long as it has to be" for file in sorted(long))
    spots = {name: spot for name, spot in spots.items() if spot.file not in long}
    try:
        found = similarities(spots, submission, material.solution)
    except (ValueError, RecursionError, MemoryError):       # of texts that no compiler takes
        return
    yield from (f"{name} is {share:.0%} like the library's" for name, share in found.items() if share >= WORTH_TELLING)
