"""What a report of a bug says, and does not say."""

import getpass
import importlib.metadata
import sys
from pathlib import Path

import numpy as np
import pytest

import chainrule
from chainrule.experiments import bug_report


@pytest.fixture
def facts():
    return lambda: dict(line.split(maxsplit=1) for line in bug_report())


def test_versions_and_threads_are_those_that_run(facts, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    chainrule.set_num_threads(1)
    found = facts()
    assert found["numpy"] == np.__version__
    assert found["python"].startswith("{}.{}.{}".format(*sys.version_info))
    assert found["threads"].startswith("1, ") and "OMP_NUM_THREADS=1" in found["threads"]
    assert {"scipy", "PyYAML", "pydantic", "pytest"} <= set(found)


def test_no_path_and_no_name_is_given_away(facts, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "secret.py")])
    text = "\n".join(bug_report())
    for secret in (str(tmp_path), str(Path.home()) if Path.home() != Path("/") else "secret", sys.prefix, "secret",
                   str(Path(chainrule.__file__).parent)):
        assert secret not in text
    assert getpass.getuser() not in text.split()


def test_what_the_kernels_are_is_said(facts, monkeypatch):
    for compiled, setting, words in ((True, "1", "compiled by numba"), (False, "0", "CHAINRULE_COMPILED is 0"),
                                     (False, "1", "numba is not installed")):
        monkeypatch.setattr(sys.modules[bug_report.__module__], "has_twins", lambda compiled=compiled: compiled)
        monkeypatch.setenv("CHAINRULE_COMPILED", setting)
        assert words in facts()["kernels"]


def test_it_is_written_where_the_package_is_unpacked_without_being_installed(facts, monkeypatch):
    def absent(name, real=importlib.metadata.Distribution.from_name.__func__):
        if name == "chainrule":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(importlib.metadata.Distribution, name)

    monkeypatch.setattr(importlib.metadata.Distribution, "from_name", absent)
    found = facts()
    assert found["chainrule"] == "unpacked, not installed"
    assert found["numpy"] == np.__version__ and found["scipy"]
