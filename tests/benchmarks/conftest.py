"""The harness is no part of the package: it is imported from the checkout."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2]))       # last, so that no room hides a library's module


@pytest.fixture
def stored():
    """Return what the benchmark of a name has stored."""
    results = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
    return lambda name: json.loads((results / f"{name}.json").read_text("utf-8"))
