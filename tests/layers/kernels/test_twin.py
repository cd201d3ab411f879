"""Twins: every kernel marked as compiled has one, of the same signature, which is used where Numba is installed."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import chainrule
from chainrule.layers.kernels import has_twins

ROOMS = ["layers.kernels", "losses", "optim"]


def kernels():
    for room in ROOMS:
        package = importlib.import_module(f"chainrule.{room}")
        for entry in pkgutil.iter_modules(package.__path__):
            if entry.ispkg:
                continue
            module = importlib.import_module(f"{package.__name__}.{entry.name}")
            for name, thing in vars(module).items():
                if hasattr(thing, "definition") and thing.__module__ == module.__name__:
                    yield pytest.param(thing, id=f"{entry.name}.{name}")


KERNELS = list(kernels())


def test_there_are_some():
    assert len(KERNELS) >= 8


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_twin_has_the_signature_of_its_definition(kernel):
    if not has_twins():
        pytest.skip("needs Numba")
    twin = kernel.twin()
    python = getattr(twin, "py_func", twin)     # what Numba compiled
    assert list(inspect.signature(python).parameters) == list(inspect.signature(kernel.definition).parameters)


def test_twins_are_used_where_there_is_numba(monkeypatch):
    pytest.importorskip("numba")
    monkeypatch.delenv("CHAINRULE_COMPILED", raising=False)
    assert has_twins.__wrapped__()


@pytest.mark.parametrize("program", ["import chainrule", "import chainrule; chainrule.layers.ReLU()"])
def test_numba_is_not_imported_before_the_first_compiled_call(program):
    loaded = f"{program}; import sys; print('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout.strip() == "False"


def test_twins_can_be_left_out(monkeypatch):
    program = "from chainrule.layers.kernels import has_twins, moments; print(has_twins(), moments.twin())"
    monkeypatch.setenv("CHAINRULE_COMPILED", "0")
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
    assert answer.strip() == "False None"


def test_public():
    assert chainrule.set_num_threads and chainrule.get_num_threads
