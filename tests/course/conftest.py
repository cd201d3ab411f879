"""An assignment of one small file, built once."""

from pathlib import Path

import pytest

from chainrule.course import load_assignment
from chainrule.course.handout import build

CIRCLES = Path(__file__).parent / "circles" / "circles.yaml"


@pytest.fixture(scope="session")
def circles():
    return load_assignment(CIRCLES)


@pytest.fixture(scope="session")
def built(circles):
    return build(circles)


@pytest.fixture
def written(built, tmp_path):
    """The handout as a folder."""
    for path, data in built.handout.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


@pytest.fixture
def yaml(tmp_path):
    """Write and read an assignment."""
    def load(text, **files):
        for name, content in files.items():
            (tmp_path / f"{name}.py").write_text(content)
        (tmp_path / "a.yaml").write_text(text)
        return load_assignment(tmp_path / "a.yaml")
    return load
