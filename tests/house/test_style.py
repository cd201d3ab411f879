"""The same command that runs the tests runs the linter and the type checker."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]


def run(*command, cwd):
    result = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False,
                            env={**os.environ, "PYTHONWARNINGS": ""})
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="needs the extra 'test'")
def test_ruff_is_clean():
    run("ruff", "check", "--no-cache", ".", cwd=HOUSE)


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="needs the extra 'test'")
def test_mypy_strict_is_clean(tmp_path):
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["setuptools"]
    for package in settings["packages"]:        # the rooms laid out as they are installed, outside of the checkout
        target = tmp_path.joinpath(*package.split("."))
        target.mkdir(parents=True, exist_ok=True)
        for path in (HOUSE / settings["package-dir"][package]).iterdir():
            if path.is_file():
                shutil.copy(path, target)
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    run("mypy", "--strict", "-p", "chainrule", "--cache-dir", os.devnull, cwd=tmp_path)


def test_importing_pulls_in_numpy_and_nothing_else_that_is_large():
    code = ("import sys, chainrule; found = set(sys.modules) & "
            "{'matplotlib', 'yaml', 'pydantic', 'rich', 'numba', 'torch', 'scipy', 'safetensors'}; "
            "sys.exit(f'imported {found}' if found else 0)")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
