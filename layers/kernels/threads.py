"""How many threads the arithmetic runs on: one setting for products (BLAS) and for kernels that share their work."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from ..core import check_size

try:
    from threadpoolctl import LibController, ThreadpoolController
except ImportError:     # in the handout of an assignment, where BLAS is left as it is
    ThreadpoolController = None

__all__ = [
    "Edges", "get_num_threads", "in_parallel", "one_blas_thread", "set_num_threads", "shares", "take_over",
]

Edges = npt.NDArray[np.int64]
Work = Callable[[int, int], object]
_WORTH = 1 << 18        # elements from which waking another thread, 50 microseconds, is worth it
_SHARED = 1 << 15       # those from which a thread that is awake is of use, within two microseconds


def set_num_threads(n: int) -> None:
    """Let products and kernels run on ``n`` threads: those of BLAS, or with Numba those of compiled kernels.

    Without it they run on as many as the environment variable OMP_NUM_THREADS says, or else as there are cores.

    Raises: ValueRangeError unless ``n`` is a whole number of at least 1.

    Example:
        >>> before = chainrule.get_num_threads()
        >>> chainrule.set_num_threads(1)
        >>> chainrule.get_num_threads()
        1
        >>> chainrule.set_num_threads(before)
    """
    check_size(n, "n", "set_num_threads")
    _blas.cache_clear()         # SciPy's may have come since
    _state.threads = n
    _set_blas(n)
    if _state.heed is not None:
        _state.heed(n)


def get_num_threads() -> int:
    """Return the number of threads that the arithmetic runs on."""
    if _state.threads is None:
        _state.threads = max((library.num_threads for library in _blas()), default=os.cpu_count() or 1)
    return _state.threads


def in_parallel(work: Work, count: int, elements: int) -> None:
    """Call ``work(start, stop)`` for parts of ``range(count)``, one on every thread, each with a BLAS of one thread.

    ``elements`` says how much there is to do; little is done here, by one call. The parts depend on nothing but the
    number of threads, so that results do not either. ``work`` must not write where another part does.
    """
    parts = min(get_num_threads(), count) if elements >= _WORTH and not _inside.here else 1
    if parts <= 1:
        work(0, count)
        return
    edges = [count * part // parts for part in range(parts + 1)]
    results: SimpleQueue[BaseException | None] = SimpleQueue()
    workers = _crew(parts - 1)
    with one_blas_thread():
        for worker, start, stop in zip(workers, edges[1:], edges[2:], strict=False):
            worker.put((work, start, stop, results))
        error = _run(work, 0, edges[1])
        errors = [error, *(results.get() for _ in range(parts - 1))]
    for error in errors:
        if error is not None:
            raise error


def shares(count: int, elements: int) -> Edges:
    """Return the edges of the parts of ``range(count)`` that compiled kernels do side by side: 0, …, ``count``.

    It is one part where there is little to do, or where the caller is not the first thread of the program.
    """
    alone = elements < _SHARED or _inside.here or _state.forked or threading.get_ident() != _first
    return _edges(count, 1 if alone else max(1, min(get_num_threads(), count)))


@lru_cache(4096)
def _edges(count: int, parts: int) -> Edges:
    edges = np.array([count * part // parts for part in range(parts + 1)])
    edges.flags.writeable = False
    return edges


def take_over(heed: Callable[[int], object]) -> None:
    """Let BLAS run on one thread from now on, and call ``heed`` with the number of threads, now and whenever it is set.

    For threads that share compiled kernels call BLAS themselves, each for its part, and those that BLAS has besides
    would keep the processor from them, looking for work.
    """
    threads = get_num_threads()         # asked while BLAS still runs on all of them
    _state.heed = heed
    _blas.cache_clear()
    set_num_threads(threads)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let BLAS run on the calling thread alone inside the ``with`` block.

    The other threads of a BLAS look for work for a while after every product, each on a core, from which they keep
    the threads of ``in_parallel``; so small products are better done here.
    """
    threads = get_num_threads()         # asked while BLAS still runs on all of them
    with _lock:
        _state.busy += 1
        if _state.busy == 1:
            _set_blas(1)
    try:
        yield
    finally:
        with _lock:
            _state.busy -= 1
            if _state.busy == 0:
                _set_blas(threads)


class _Inside(threading.local):
    here: bool = False      # whether this thread is at work on a part already


class _State:
    threads: int | None = None
    busy: int = 0           # calls of in_parallel under way, in all threads of the program
    forked: bool = False    # whether this process came from another one, without its threads
    heed: Callable[[int], object] | None = None     # who took over from BLAS


_Job = tuple[Work, int, int, "SimpleQueue[BaseException | None]"]
_inside, _state, _lock = _Inside(), _State(), threading.Lock()
_workers: "list[SimpleQueue[_Job]]" = []
_first = threading.main_thread().ident


def _begin_again() -> None:
    """Forget the threads, which do not survive a fork; those of compiled kernels cannot be made anew."""
    _workers.clear()
    _state.forked = True


if hasattr(os, "register_at_fork"):     # not on Windows, which has no forks
    os.register_at_fork(after_in_child=_begin_again)


def _crew(size: int) -> "list[SimpleQueue[_Job]]":
    with _lock:
        while len(_workers) < size:
            jobs: SimpleQueue[_Job] = SimpleQueue()
            threading.Thread(target=_serve, args=(jobs,), name="chainrule", daemon=True).start()
            _workers.append(jobs)
    return _workers[:size]


def _serve(jobs: "SimpleQueue[_Job]") -> None:
    while True:
        work, start, stop, results = jobs.get()
        results.put(_run(work, start, stop))
        del work, results       # and with them the arrays they hold


def _run(work: Work, start: int, stop: int) -> BaseException | None:
    _inside.here = True
    try:
        work(start, stop)
    except BaseException as error:
        return error
    finally:
        _inside.here = False
    return None


def _set_blas(threads: int) -> None:
    for library in _blas():
        library.set_num_threads(threads if _state.heed is None else 1)


@cache
def _blas() -> "list[LibController]":
    """Return the BLAS libraries that are loaded, of which NumPy and SciPy each bring one."""
    if ThreadpoolController is None:
        return []
    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]
