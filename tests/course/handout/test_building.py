"""A whole assignment made in memory."""

import json
import os
import subprocess
import sys
import venv
from hashlib import sha256

import pytest

from chainrule.course import load_assignment
from chainrule.course.handout import build


def test_the_handout_has_what_is_needed_and_no_more(built):
    files = built.handout
    assert {"circles.py", "text.html", "notebook.ipynb", "assignment.json", "test_visible.py", "manifest.json",
            "requirements.txt", "chainrule/__main__.py", "visible/circles.area.0.npz"} <= set(files)
    assert "mistakes.py" not in files and "circles.md" not in files
    assert not [path for path in files if path.startswith(("chainrule/models", "chainrule/testing/mutants",
                                                           "chainrule/course/grading", "chainrule/layers/linear"))]
    assert built.submit == ("circles.py",)


def test_solutions_and_what_only_they_use_are_gone(built):
    text = built.handout["circles.py"].decode()
    for gone in ("square", "math", "surface", "grown =", "_grow", "answer_of_all"):
        assert gone not in text
    for kept in ('"""Return the areas, ``area = pi * radius**2``."""', "self.factor = factor", "import numpy as np",
                 "def unit", 'NotImplementedError("circles.Disc.backward")'):
        assert kept in text
    assert b"_grow" in built.solution["circles.py"]


def test_the_manifest_has_the_sum_of_every_file(built):
    sums = json.loads(built.handout["manifest.json"])
    assert sums == {path: sha256(data).hexdigest() for path, data in built.handout.items() if path != "manifest.json"}


def test_markdown_among_the_files_comes_behind_the_text(yaml, tmp_path):
    (tmp_path / "a.md").write_text("# Names\n")
    handout = build(yaml("title: x\ntext: a.md\nfiles: [rules.md, network.py]\nparts:\n  b.f: {points: 1, examples: "
                         "[{call: f()}]}\n", b="def f():\n    return 1 + 1\n")).handout
    page = handout["text.html"].decode()
    assert page.index("Names") < page.index("The rules of layers") < page.index("Parts and points")
    assert "network.py" in handout and "rules.md" not in handout


@pytest.mark.long
def test_the_same_bytes_every_time(built, circles):
    again = build(load_assignment(circles.file))
    assert again.handout == built.handout and again.solution == built.solution


@pytest.mark.long
def test_a_check_needs_nothing_but_numpy_and_pytest(built, tmp_path):
    """In a fresh environment without SciPy, pydantic, YAML, threadpoolctl."""
    venv.create(tmp_path / "v", with_pip=True)
    python = tmp_path / "v" / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = subprocess.run([python, "-m", "pip", "install", "-q", "numpy", "pytest"], check=False, capture_output=True)
    if done.returncode:
        pytest.skip("nothing can be installed here")
    for kind, right in ((built.handout, False), (built.solution, True)):
        folder = tmp_path / str(right)
        for path, data in kind.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        for command in (["chainrule", "assignment", "check"], ["pytest", "-q", "-p", "no:cacheprovider"]):
            done = subprocess.run([python, "-m", *command], cwd=folder, capture_output=True, text=True, check=False,
                                  env=environment)
            assert done.returncode == (0 if right else 1), done.stdout + done.stderr
            assert "Traceback" not in done.stderr
    assert "4 passed" in done.stdout


def test_a_check_runs_where_there_is_nothing_else(built, written):
    """The same as above without an environment of its own: all but NumPy is refused."""
    refused = ("scipy", "yaml", "pydantic", "threadpoolctl", "safetensors", "rich", "matplotlib", "numba", "torch")
    script = ("import sys\n" + "".join(f"sys.modules[{name!r}] = None\n" for name in refused)
              + "from chainrule.course.check import main\nprint(sys.modules['chainrule'].__file__)\n"
                "sys.exit(main(['assignment', 'check']))")
    done = subprocess.run([sys.executable, "-c", script], cwd=written, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr == ""
    assert str(written) in done.stdout.splitlines()[0]
    assert "0 of 10 points" in done.stdout and "There is no implementation yet" in done.stdout
