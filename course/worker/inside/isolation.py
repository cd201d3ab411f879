"""Levels of isolation: how far a worker is shut off from the machine that it runs on."""

import os
import sys

from .libc import libc
from .limits import Limits, limit_this_process
from .namespaces import drop_capabilities, enter_empty_world, enter_user_namespace, fork_first_process
from .system_calls import can_filter, filter_system_calls

__all__ = ["LEVELS", "fork_worker", "isolate", "prepare", "reachable", "works"]

LEVELS = ("process", "user", "filter", "namespaces")
"""From the weakest to the strongest; docs/threat_model.md says what each holds against."""

STRANGER = 61184        # with the next few thousand, user ids that no distribution gives to anyone
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, SIGKILL = 1, 4, 9


def reachable(folder: str) -> str:
    """Return the strongest level that works here, found by trying each in a child."""
    return next(level for level in reversed(LEVELS) if works(level, folder))


def prepare(level: str) -> None:
    """Make the warmed parent able to fork workers of a level; it stays as it is in every other way."""
    if level == "namespaces" and os.geteuid() != 0:
        enter_user_namespace()


def fork_worker(level: str) -> int:
    """Fork, as ``os.fork`` does."""
    return fork_first_process() if level == "namespaces" else os.fork()


def isolate(level: str, folder: str, limits: Limits, in_use: int, number: int) -> None:
    """Shut this process, a fresh worker, off; ``number`` tells workers apart that run at the same time."""
    os.setsid()
    root = os.geteuid() == 0
    if sys.platform == "linux":
        libc("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)          # nobody of the same user looks into it
    limit_this_process(limits, in_use)
    if level == "namespaces":
        enter_empty_world(folder)
    if root:
        _become_stranger(number, folder if level != "process" else None, needed=level != "filter")
    elif level == "namespaces":
        os.chroot(folder)
        os.chdir("/")
        drop_capabilities()
    if sys.platform == "linux":
        libc("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)   # no worker outlives the warmed parent
    if level in ("filter", "namespaces"):
        filter_system_calls()


def _become_stranger(number: int, folder: str | None, *, needed: bool) -> None:
    """Leave the files, and be a user who owns nothing; a filter holds without, where root may not do so."""
    stranger = STRANGER + number % 4000
    try:
        if folder is not None:
            os.chroot(folder)
            os.chdir("/")
        os.setgroups([])
        os.setgid(stranger)
        os.setuid(stranger)
    except OSError:
        if needed:
            raise


def works(level: str, folder: str) -> bool:
    """Return whether a worker at a level, tried in a child, is shut off."""
    if level == "process":
        return True
    if (os.geteuid() != 0) if level == "user" else not can_filter():
        return False
    trial = os.fork()
    if trial == 0:
        try:
            prepare(level)
            worker = fork_worker(level)
            if worker == 0:
                isolate(level, folder, Limits(), 0, 0)
                os._exit(0 if _shut_off() else 1)
            os._exit(0 if os.waitpid(worker, 0)[1] == 0 else 1)
        finally:
            os._exit(1)
    return os.waitpid(trial, 0)[1] == 0


def _shut_off() -> bool:
    """Return whether the file with the users of this machine is out of reach, and so are new processes."""
    attempts = (lambda: os.stat("/etc/passwd"), os.fork)
    for attempt in attempts:
        try:
            attempt()
            return False
        except OSError:
            continue
    return True
