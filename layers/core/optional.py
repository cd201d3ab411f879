"""Libraries that are missing in the handout of an assignment, which runs with NumPy alone."""

from typing import Any

__all__ = ["safetensors", "scipy"]


class _Absent:
    """Stands for a library that is not installed, and says so when something needs it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)      # names that tools ask every object for
        raise ImportError(f"{self._name}.{name} is needed here, but {self._name} is not installed; "
                          f"pip install {self._name}")


try:
    import scipy
except ImportError:
    scipy = _Absent("scipy")  # type: ignore[assignment]   # a stand-in, not a module

try:
    import safetensors
    import safetensors.numpy
except ImportError:
    safetensors = _Absent("safetensors")  # type: ignore[assignment]   # a stand-in, not a module
