"""All that is checked of an assignment before anyone sees it."""

from collections.abc import Iterator

from ..handout import Built
from ..handout.library import PACKAGE
from ..source import Module
from .leaks import leaks
from .mistakes import faults_of_reference, unseen_mistakes
from .scores import scores

__all__ = ["problems_of"]


def problems_of(built: Built) -> Iterator[str]:
    """Yield why an assignment should not be handed out: nothing, if all is well.

    The reference scores full marks, the handout as it is nothing and without a crash, every named mistake less than
    full marks, and no line of a solution is left anywhere.
    """
    assignment = built.assignment
    yield from faults_of_reference(assignment)
    yield from _in_folders(built)
    yield from unseen_mistakes(built)
    yield from leaks(built.handout, built.removed, assignment.shown)
    yield from _twins(built)


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
