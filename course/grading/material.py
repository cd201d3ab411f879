"""What workers get to read: the handout, what a submission changes of it, and right versions of parts it got wrong."""

from collections.abc import Collection, Mapping

from ..assignment import Assignment
from ..handout import laid_over
from ..handout.stripping import strip
from ..source import declared_cache

__all__ = ["Material"]


class Material:
    """The texts of an assignment that was read from its folder.

    Attributes:
        texts:    of the handout, by path
        submit:   the files that students hand in
        solution: these as they should be
        spots:    where each part stands, by its name
    """

    def __init__(self, assignment: Assignment) -> None:
        self.parts, self.stripped = assignment.parts, (stripped := strip(assignment))
        self.texts = laid_over(stripped, {})
        self.solution = {path: data.decode() for path, data in stripped.solved.items()}
        self.submit, self.spots = tuple(stripped.solved), stripped.spots

    def changed(self, submission: Mapping[str, str]) -> dict[str, str]:
        """Return those files of a submission that students hand in and that are not as they were."""
        return {path: text for path, text in submission.items() if path in self.submit and text != self.texts.get(path)}

    def to_replace(self, name: str, failed: Collection[str]) -> list[str]:
        """Return which parts to put right versions of in the place of, so that a part does not suffer from failed ones.

        These are those it rests on, also through others. With a method of another class go all parts of that class,
        since only methods of one hand understand each other's caches.
        """
        needs, waiting = set[str](), [name]
        while waiting:
            new = set(self.parts[waiting.pop()].needs or ()) - needs
            needs |= new
            waiting += new
        blamed = needs & set(failed)
        classes = {self._class_of(each) for each in blamed} - {None, self._class_of(name)}
        return [each for each in self.parts if each in blamed or self._class_of(each) in classes]

    def about_cache(self, name: str, replaced: Collection[str]) -> str:
        """Return what to know of the cache where a part of the same class was replaced."""
        mine = self._class_of(name)
        if mine is None or mine not in {self._class_of(each) for each in replaced}:
            return ""
        kept = declared_cache(self.solution[mine[0]], mine[1])
        return f"A right forward keeps in its cache {kept}; a way back can only start there if it reads that." \
            if kept else ""

    def _class_of(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """Return file and path of the class that a part is a method of; None for a function."""
        spot = self.spots[name]
        return (spot.file, spot.path[:-1]) if len(spot.path) > 1 else None

    def with_right(self, submission: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
        """Return what a submission changes, with right versions of the parts of these names.

        Raises: SyntaxError or UnknownNameError where a right part can not be put into a submitted file.
        """
        texts = laid_over(self.stripped, submission, names)
        return {path: text for path, text in texts.items() if text != self.texts.get(path)}
