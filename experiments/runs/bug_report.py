"""What a report of a bug needs to say of the machine: versions, processor, threads; no paths, nothing of the user's."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, requires

from ...layers.kernels import get_num_threads
from ...layers.kernels.twin import has_twins
from .environment import environment, version_of

__all__ = ["bug_report"]


def bug_report() -> list[str]:
    """Return a line for every fact; of libraries those that are installed, of all that chainrule could use.

    Example:
        >>> from chainrule.experiments import bug_report
        >>> [line.split()[0] for line in bug_report()[:6]]
        ['chainrule', 'python', 'platform', 'processors', 'blas', 'threads']
    """
    found = environment()
    settings = ", ".join(f"{name}={value}" for name, value in found["threads"].items())
    names = {re.split(r"[^\w.-]", line)[0] for line in _libraries() or found["versions"]}
    facts = {
        "chainrule": found["versions"]["chainrule"] or "unpacked, not installed",
        "python": f"{found['python']}, {platform.python_implementation()}",
        "platform": found["platform"],
        "processors": f"{found['processors']}, {platform.machine()}",
        "blas": "; ".join(found["blas"]) or "unknown",
        "threads": f"{get_num_threads()}{', ' * bool(settings)}{settings}",
        "kernels": _kernels(),
        **{name: known for name in sorted(names, key=str.casefold) if (known := version_of(name)) is not None},
    }
    return [f"{name:18s} {fact}" for name, fact in facts.items()]


def _libraries() -> list[str] | None:
    """Return what chainrule could use, as its metadata say; nothing where it is unpacked without being installed."""
    try:
        return requires("chainrule")
    except PackageNotFoundError:
        return None


def _kernels() -> str:
    if has_twins():
        return f"compiled by numba {version_of('numba')}"
    if os.environ.get("CHAINRULE_COMPILED", "1") == "0":
        return "NumPy alone: CHAINRULE_COMPILED is 0"
    return "NumPy alone: numba is not installed"
