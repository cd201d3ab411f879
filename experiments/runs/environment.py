"""Where and with what a run was made: versions, BLAS, threads, the state of git."""

import os
import platform
import subprocess
import sys
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import threadpoolctl

from ..binding import loaded_plugins

__all__ = ["environment", "version_of", "versions_apart"]

LIBRARIES = ("chainrule", "numpy", "scipy", "numba", "safetensors")


def environment() -> dict[str, Any]:
    """Return what may decide about the bits of a result, and what helps to find one again, for JSON.

    Example:
        >>> from chainrule.experiments.runs.environment import environment
        >>> list(environment())
        ['time', 'command', 'plugins', 'python', 'versions', 'platform', 'processors', 'blas', 'threads', 'git']
    """
    pools = threadpoolctl.threadpool_info()
    return {
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": sys.argv,
        "plugins": loaded_plugins(),
        "python": platform.python_version(),
        "versions": {name: version_of(name) for name in LIBRARIES},
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "blas": sorted(f"{pool['internal_api']} {pool['version']}, {pool.get('architecture')}, "
                       f"{pool['num_threads']} threads" for pool in pools if pool.get("user_api") == "blas"),
        "threads": {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")},
        "git": _git(),
    }


def versions_apart(sessions: list[dict[str, Any]], now: dict[str, Any]) -> list[str]:
    """Return what is other now than in the last session, of what may change the bits of a result."""
    then = sessions[-1] if sessions else now
    pairs = {name: (then.get(name), now.get(name)) for name in ("python", "platform", "blas")}
    pairs |= {name: (then.get("versions", {}).get(name), now["versions"][name]) for name in LIBRARIES}
    return [f"{name} was {before}, is {after}" for name, (before, after) in pairs.items() if before != after]


def version_of(name: str) -> str | None:
    """Return the version of an installed library, None without one."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git() -> dict[str, Any] | None:
    """Return the commit that the current folder is at, and whether files differ from it; None outside of git."""
    commit, changes = (_said(["git", *command]) for command in (("rev-parse", "HEAD"), ("status", "--porcelain")))
    return None if commit is None else {"commit": commit, "changed": bool(changes)}


def _said(command: list[str]) -> str | None:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None
