"""What workers get to read: the handout, what a submission changes of it, and right versions of parts it got wrong."""

from collections.abc import Collection, Mapping

from ..assignment import Assignment
from ..handout import laid_over
from ..handout.stripping import strip

__all__ = ["Material"]


class Material:
    """The texts of an assignment that was read from its folder.

    Attributes:
        texts:    of the handout, by path
        submit:   the files that students hand in
        solution: all files as they are with solutions
        spots:    where each part stands, by its name
    """

    def __init__(self, assignment: Assignment) -> None:
        self.assignment, stripped = assignment, strip(assignment)
        self.texts = {path: data.decode() for path, data in stripped.files.items() if path.endswith(".py")}
        self.solution = {path: data.decode() for path, data in stripped.solved.items() if path.endswith(".py")}
        self.submit, self.spots = tuple(stripped.removed), stripped.spots

    def changed(self, submission: Mapping[str, str]) -> dict[str, str]:
        """Return those files of a submission that students hand in and that are not as they were."""
        return {path: text for path, text in submission.items() if path in self.submit and text != self.texts.get(path)}

    def with_right(self, submission: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
        """Return what a submission changes, with right versions of the parts of these names.

        Raises: SyntaxError or UnknownNameError where a right part can not be put into a submitted file.
        """
        texts = laid_over(self.assignment, submission, tuple(names))
        return {path: text for path, text in texts.items() if text != self.texts.get(path)}
