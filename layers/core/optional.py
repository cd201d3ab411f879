"""Libraries that may be missing: each is imported when it is first used, or an error says what to install."""

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import MissingLibraryError

__all__ = ["PIL", "Library", "h5py", "mpi4py", "onnx", "safetensors", "scipy", "tensorboardX"]


class Library:
    """Stands for a library: its attributes and modules are the library's own.

    Raises: MissingLibraryError at the first use of a library that is not installed.

    Example:
        >>> Library("math", "math").floor(2.5)
        2
    """

    def __init__(self, name: str, install: str) -> None:
        self._name, self._install = name, install

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)      # names that tools ask every object for
        try:
            library = import_module(self._name)
        except ImportError as missing:
            raise MissingLibraryError(f"{self._name}.{name} is needed here, but {self._name} is not installed; "
                                      f"pip install {self._install}") from missing
        if not hasattr(library, name):
            with suppress(ModuleNotFoundError):
                import_module(f"{self._name}.{name}")
        found = getattr(library, name)
        setattr(self, name, found)          # next time without a search
        return found


if TYPE_CHECKING:
    import safetensors.numpy
    import scipy
else:       # which NumPy alone can do without, as in the handout of an assignment
    safetensors = Library("safetensors", "safetensors")
    scipy = Library("scipy", "scipy")

PIL: Any = Library("PIL", "'chainrule[image]'")
h5py: Any = Library("h5py", "'chainrule[keras]'")
mpi4py: Any = Library("mpi4py", "'chainrule[mpi]'")
onnx: Any = Library("onnx", "'chainrule[onnx]'")
tensorboardX: Any = Library("tensorboardX", "'chainrule[tensorboard]'")
