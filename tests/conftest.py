"""What many tests need: a comparison with PyTorch, and clean generators."""

import signal

import numpy as np
import pytest

import chainrule

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
