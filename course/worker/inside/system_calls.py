"""A filter of system calls: a worker may compute, use the pipes it holds, tell the time and end; nothing else.

The kernel runs the filter before every system call and answers all others with EPERM, so there are no files, no
network, no signals to others, no new processes or threads, whatever the user id. It is a list of what is allowed: a
call that nobody thought of is refused.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst; linux/audit.h and the tables of system calls for numbers.
"""

import ctypes
import errno
import platform
import struct
import sys

from .libc import libc

__all__ = ["can_filter", "filter_system_calls"]

# Numbers on x86-64 and aarch64, None where the machine has no such call.
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "close": (3, 57), "fstat": (5, 80),
    "lseek": (8, 62), "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "madvise": (28, 233), "membarrier": (324, 283), "futex": (202, 98), "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169), "times": (100, 153),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "getrusage": (98, 165), "getrandom": (318, 278),
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "exit": (60, 93), "exit_group": (231, 94),
}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}      # column of the table, AUDIT_ARCH_...
LOAD, EQUAL, ANSWER = 0x20, 0x15, 0x06              # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
NUMBER, MACHINE = 0, 4                              # where struct seccomp_data has them
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def can_filter() -> bool:
    """Return whether there is a table for this machine."""
    return sys.platform == "linux" and platform.machine() in MACHINES and sys.maxsize > 2 ** 32


def filter_system_calls() -> None:
    """Refuse, from here on and for good, all system calls but the allowed ones."""
    program = _program()

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    libc("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Program(len(program) // 8, program)), 0, 0)


def _program() -> bytes:
    column, machine = MACHINES[platform.machine()]
    numbers = [row[column] for row in ALLOWED.values() if row[column] is not None]
    count = len(numbers)
    return b"".join([
        _instruction(LOAD, MACHINE),
        _instruction(EQUAL, machine, no=count + 1),
        _instruction(LOAD, NUMBER),
        *(_instruction(EQUAL, number or 0, yes=count - place) for place, number in enumerate(numbers)),
        _instruction(ANSWER, REFUSE),
        _instruction(ANSWER, ALLOW),
    ])


def _instruction(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """Return a struct sock_filter; ``yes`` and ``no`` are the instructions to skip."""
    return struct.pack("=HBBI", code, yes, no, value)
