"""Worlds of one's own: processes, network, shared memory, host name and files that hold nothing but the worker.

Source: Linux manual pages namespaces(7), user_namespaces(7), pid_namespaces(7), capabilities(7).
"""

import ctypes
import os
import struct

from .libc import libc

__all__ = ["ROOT_IS", "drop_capabilities", "enter_empty_world", "enter_user_namespace", "fork_first_process"]

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
CAPABILITIES_VERSION_3 = 0x20080522
ROOT_IS = 65534     # "nobody": what the user is called inside of the user namespace


def enter_user_namespace() -> None:
    """Become one who may make namespaces, as first process of a world of processes; the rights end where it ends.

    The process that called it waits for the other, and ends when that ends.
    """
    user, group = os.geteuid(), os.getegid()
    libc("unshare", CLONE_NEWUSER | CLONE_NEWPID)
    for name, line in (("setgroups", "deny"), ("uid_map", f"{ROOT_IS} {user} 1"), ("gid_map", f"{ROOT_IS} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)
    child = os.fork()
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)


def fork_first_process() -> int:
    """Fork a child that is the first process of its own world: when it ends, all that it started ends with it."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    libc("unshare", CLONE_NEWPID)
    child = os.fork()
    if child:
        libc("setns", own, CLONE_NEWPID)    # so that the next child gets a world of its own again
    os.close(own)
    return child


def enter_empty_world(folder: str) -> None:
    """Leave network, shared memory and files behind; ``folder``, empty, gets a file system that stays empty."""
    libc("unshare", CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET)
    libc("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    libc("mount", b"none", folder.encode(), b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, b"size=4k")


def drop_capabilities() -> None:
    """Give up all rights beyond those of an ordinary user."""
    header = struct.pack("=Ii", CAPABILITIES_VERSION_3, 0)
    libc("capset", ctypes.c_char_p(header), ctypes.c_char_p(struct.pack("=6I", 0, 0, 0, 0, 0, 0)))
