"""A submission laid over the handout: its files in their places, and right versions of parts that it got wrong."""

from collections.abc import Collection, Mapping

from ..source import splice
from .stripping import Stripped

__all__ = ["laid_over"]


def laid_over(stripped: Stripped, submission: Mapping[str, str], right: Collection[str] = ()) -> dict[str, str]:
    """Return the modules of a handout, by path, with a submission's files in their places.

    Parts in ``right`` are as they should be, whatever the submission has. Of the submission only files that parts are
    in are taken.

    Raises: SyntaxError or UnknownNameError where a right part can not be put into a submitted file.
    """
    texts = {path: data.decode() for path, data in stripped.files.items() if path.endswith(".py")}
    texts |= {file: submission[file] for file in stripped.solved.keys() & submission.keys()}
    for file in stripped.solved:
        spots = [stripped.spots[name] for name in right if stripped.spots[name].file == file]
        if spots:
            texts[file] = splice(texts[file], stripped.solved[file].decode(), spots)
    return texts
