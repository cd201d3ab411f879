"""All that is checked of an assignment before anyone sees it."""

from collections.abc import Iterator
from typing import NamedTuple

from ..handout import Built
from ..handout.library import PACKAGE
from ..source import Module
from .leaks import leaks
from .mistakes import Tried, misnamed, try_mistakes
from .scores import scores
from .submitting import wrong_grades

__all__ = ["Checked", "self_check"]


class Checked(NamedTuple):
    """Why an assignment should not be handed out: nothing, if all is well; and which mistakes were tried."""

    problems: tuple[str, ...]
    tried: Tried


def self_check(built: Built) -> Checked:
    """Check an assignment before release.

    The solution earns full marks as a submission does, the handout as it is nothing and without a crash, every named
    mistake costs something, and no line of a solution is left anywhere.
    """
    tried = try_mistakes(built)
    return Checked((*wrong_grades(built), *_in_folders(built), *tried.problems(), *misnamed(built),
                    *leaks(built.handout, built.removed, built.assignment.shown), *_twins(built)), tried)


def _twins(built: Built) -> Iterator[str]:
    """Yield what the library has in the handout under the name of a class that students write."""
    own = {spot.path[0] for spot in built.spots.values() if "/" not in spot.file and len(spot.path) > 1}
    for path, data in built.handout.items():
        if path.startswith(f"{PACKAGE}/") and path.endswith(".py"):
            twins = {"".join(each.binds) for each in Module("", data.decode()).statements if not each.is_import} & own
            yield from (f"{path} has the library's own {name}, which students write themselves; see what 'given', "
                        f"'files' and examples need of it" for name in sorted(twins))


def _in_folders(built: Built) -> Iterator[str]:
    for what, files, wanted in (("solution", built.solution, True), ("handout", built.handout, False)):
        found = scores(files)
        if isinstance(found, str):
            yield f"the check of the {what} itself ends with: {found}"
            continue
        for name, passed in found.items():
            if passed is not wanted:
                yield (f"{name}: the {what} {'does not score' if wanted else 'scores'} in the visible tests of the "
                       f"handout, where it {'should' if wanted else 'should not'}")
