"""What students get: the package without solutions, visible tests, the text, a notebook; and how it is written."""

from .building import Built, build
from .overlay import laid_over
from .writing import write_built

__all__ = ["Built", "build", "laid_over", "write_built"]
