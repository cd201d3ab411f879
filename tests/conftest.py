"""What many tests need: a comparison with PyTorch, clean generators, and jobs whose ranks are threads."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import chainrule
from chainrule.training.parallel import Communicator, joined

try:
    from hypothesis import settings
except ImportError:                         # only with the extra 'test'
    pass
else:
    settings.register_profile("same every time", derandomize=True, deadline=None)
    settings.load_profile("same every time")


if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:      # so it is in whatever a shell starts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _same_seed_for_every_test():
    chainrule.manual_seed(0)


@pytest.fixture(autouse=True)
def _same_number_of_threads_after_every_test():
    before = chainrule.get_num_threads()
    yield
    if chainrule.get_num_threads() != before:
        chainrule.set_num_threads(before)


@pytest.fixture(scope="session")
def agrees():
    """Return a function that compares a layer with its PyTorch counterpart: outputs and all gradients to 1e-10."""
    torch = pytest.importorskip("torch")

    def compare(ours, theirs, *arrays, seed=0, tolerance=1e-10):
        def close(mine, other, what):
            np.testing.assert_allclose(mine, other.detach().numpy(), rtol=tolerance, atol=tolerance, err_msg=what)

        if isinstance(theirs, torch.nn.Module):
            theirs = theirs.double()
            ours.astype(np.float64).load_state_dict(theirs.state_dict())
        tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
        y, expected = ours.forward(*arrays), theirs(*tensors)
        close(y, expected, "output")
        grad_out = np.random.default_rng(seed).normal(size=y.shape)
        ours.zero_grad()
        grads = ours.backward(grad_out)
        expected.backward(torch.tensor(grad_out))
        for index, (grad, tensor) in enumerate(zip(grads if isinstance(grads, tuple) else (grads,), tensors,
                                                   strict=True)):
            assert grad.shape == arrays[index].shape
            close(grad, tensor.grad, f"gradient of input {index}")
        if isinstance(theirs, torch.nn.Module):
            parameters = dict(theirs.named_parameters())
            assert [name for name, _ in ours.named_parameters()] == list(parameters)
            assert list(ours.state_dict()) == list(theirs.state_dict())
            for name, parameter in ours.named_parameters():
                close(parameter.grad, parameters[name].grad, f"gradient of {name}")

    return compare


def pytest_addoption(parser):
    parser.addoption("--sample", type=int, metavar="N", help="run only N of the selected tests, drawn by --sample-seed")
    parser.addoption("--sample-seed", type=int, default=0, help="seed of --sample")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    size = config.getoption("--sample")
    if size is not None and size < len(items):
        drawn = set(np.random.default_rng(config.getoption("--sample-seed")).permutation(len(items))[:size])
        config.hook.pytest_deselected(items=[item for index, item in enumerate(items) if index not in drawn])
        items[:] = [item for index, item in enumerate(items) if index in drawn]


class _Threads(Communicator):
    """A rank that is a thread; ``meeting`` is the barrier of all, ``brought`` what each brought there."""

    def __init__(self, rank, meeting, brought):
        self.rank, self.size, self.meeting, self.brought = rank, len(brought), meeting, brought

    def all_reduce_(self, array):
        array[...] = sum(self._bring(array))

    def broadcast_(self, array, root=0):
        array[...] = self._bring(array)[root]

    def barrier(self):
        self.meeting.wait()

    def abort(self, code=1):
        raise NotImplementedError

    def _bring(self, array):
        self.brought[self.rank] = array.copy()
        self.barrier()
        brought = list(self.brought)
        self.barrier()
        assert len({(each.shape, each.dtype) for each in brought}) == 1, "the ranks make different calls"
        return brought


@pytest.fixture(scope="session")
def ranks():
    """Return a function that runs ``work(job)`` on every rank of a job, and returns what each returned, rank by rank.

    The generator of the package is that of all threads: a rank must not draw from it.
    """
    def run(size, work):
        meeting, brought = threading.Barrier(size, timeout=60), [None] * size

        def one(rank):
            try:
                with joined(_Threads(rank, meeting, brought)) as job:
                    return work(job)
            except BaseException:
                meeting.abort()         # as the end of a process ends the others
                raise

        with ThreadPoolExecutor(size) as pool:
            futures = [pool.submit(one, rank) for rank in range(size)]
        errors = [error for error in (future.exception() for future in futures) if error is not None]
        for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
            raise error
        return [future.result() for future in futures]

    return run
