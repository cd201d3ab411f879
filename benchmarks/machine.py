"""The machine a measurement ran on, in a few words."""

import os
import platform
from pathlib import Path

__all__ = ["machine"]


def machine() -> dict[str, str]:
    """Return processor, number of processors this process may use, memory, system and Python."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {"processor": _processor(), "processors": str(count), "load": f"{os.getloadavg()[0]:.2f}",
            "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version()}


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
