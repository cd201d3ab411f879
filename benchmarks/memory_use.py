"""Memory of this process in bytes: what it has now, and the most it has had."""

import ctypes
import gc
import resource
import sys
from pathlib import Path

__all__ = ["peak", "peak_of_children", "reset_peak", "resident", "trim"]

STATUS = Path("/proc/self/status")
UNIT = 1 if sys.platform == "darwin" else 1024


def resident() -> int:
    """Return the memory that is resident now; where the system does not tell, the most it has been."""
    return _status("VmRSS") or peak()


def peak() -> int:
    """Return the most that was resident since ``reset_peak``, or since the process began if that did nothing."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def peak_of_children() -> int:
    """Return the most that any process this one started and waited for has had."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT


def reset_peak() -> None:
    """Begin counting the peak anew, where the system lets us."""
    try:
        Path("/proc/self/clear_refs").write_text("5")       # 5: VmHWM, see the manual page proc(5)
    except OSError:
        return


def trim() -> None:
    """Collect garbage, and give memory that is free back to the system where the C library can (glibc)."""
    gc.collect()
    release = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if release is not None:
        release(0)


def _status(key: str) -> int:
    if not STATUS.exists():
        return 0
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines() if ":" in line)
    return int(lines[key].split()[0]) * 1024
