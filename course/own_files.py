"""The files that an assignment names: those in its folder, and those that come with the library for any assignment."""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["SHIPPED", "own_file", "shipped"]

SHIPPED = ("variants", "shared")        # folders of assignments/


def own_file(folder: Path | str, name: str) -> Path:
    """Return a file of an assignment's own: in its folder, or else among those that come with the library."""
    here = Path(folder) / name
    return next((path for path in (here, *(place / name for place in shipped())) if path.is_file()), here)


def shipped() -> Iterator[Path]:
    """Yield the folders with files that any assignment may name."""
    return (Path(__file__).parent / "assignments" / folder for folder in SHIPPED)
