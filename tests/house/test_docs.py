"""The pages run: every Python block, every example script, every link; the layer table is the one that is generated."""

import ast
import contextlib
import dataclasses
import importlib.util
import io
import os
import re
import runpy
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import get_type_hints

import pytest

from chainrule import analysis, backprop, data, layers, losses, models, optim, testing, training
from chainrule.analysis import doctor, gradient_flow, saliency
from chainrule.experiments import TASKS, open_config, recipes
from chainrule.layers.core import Layer
from chainrule.losses import Loss, Penalty
from chainrule.models import zoo
from chainrule.optim import Optimizer

HOUSE = Path(__file__).resolve().parents[2]
DOCS = HOUSE / "docs"
PAGES = [HOUSE / "README.md", *sorted(DOCS.rglob("*.md"))]
TUTORIALS = DOCS / "tutorials"                              # whose commands are run too, which takes longer
EXAMPLES = sorted((HOUSE / "examples").glob("*.py"))
ROOMS = [layers, losses, optim, data, training, models, zoo, testing, backprop, analysis, doctor, gradient_flow,
         saliency]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)


def name(path):
    return str(path.relative_to(HOUSE))


def run(statement, code, namespace):
    """Run a statement; return what it prints, and its value if it is an expression."""
    out, value = io.StringIO(), None
    with contextlib.redirect_stdout(out):
        if isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), code, "eval"), namespace)
        else:
            exec(compile(ast.Module([statement], []), code, "exec"), namespace)
    return out.getvalue(), value


def fits(expected, received, slack=0.0):
    """Return whether two texts are the same, where ``…`` stands for anything on one line.

    With ``slack`` a number with a point may be off by so much of itself and a tenth: what a training comes to depends
    on how sums are rounded.
    """
    parts = re.split(r"(…|\d+\.\d+)" if slack else "(…)", expected.strip())
    pattern = "".join(re.escape(part) if index % 2 == 0 else r"[^\n]*" if part == "…" else r"(\d+\.\d+)"
                      for index, part in enumerate(parts))
    found = re.fullmatch(pattern, "\n".join(line.rstrip() for line in received.strip().splitlines()))
    wanted = [float(part) for part in parts[1::2] if part != "…"]
    return found is not None and all(abs(float(number) - near) <= slack * (near + 0.1)
                                     for number, near in zip(found.groups(), wanted, strict=True))


def run_block(text, first_line, page, namespace):
    """Run a block; check ``# -> text`` behind a statement against what it prints or is; return what others print."""
    comments = {token.start[0]: token.string for token in tokenize.generate_tokens(io.StringIO(text).readline)
                if token.type == tokenize.COMMENT}
    output = ""
    for statement in ast.parse(text).body:
        line = first_line + statement.end_lineno
        ast.increment_lineno(statement, first_line)
        printed, value = run(statement, str(page), namespace)
        promised = re.search(r"# -> (.*)", comments.get(line - first_line, ""))
        if not promised:
            output += printed
        elif not fits(promised[1], received := printed or repr(value)):
            pytest.fail(f"{name(page)}:{line}: expected {promised[1]}, got {received.strip()}", pytrace=False)
    return output


def blocks(page):
    """Yield kind, text and line number of every fenced block, and whether nothing but blank lines is before it."""
    text, end = page.read_text(encoding="utf-8"), 0
    for match in BLOCK.finditer(text):
        yield match[1].strip(), match[2], text[:match.start()].count("\n") + 1, not text[end:match.start()].strip()
        end = match.end()


def run_commands(text, line, page):
    """Run a block of the shell as its reader does, and return what it prints."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ended = subprocess.run(["sh", "-e", "-c", text], env={**os.environ, "PATH": programs}, capture_output=True,
                           text=True, check=False)
    if ended.returncode:
        pytest.fail(f"{name(page)}:{line}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}", pytrace=False)
    return ended.stdout


@pytest.mark.parametrize("page", [pytest.param(page, marks=pytest.mark.long) if page.parent == TUTORIALS else page
                                  for page in PAGES], ids=name)
def test_blocks_run_and_show_what_the_page_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    namespace, output = {"__name__": "__main__"}, None
    for kind, text, line, adjacent in blocks(page):
        if kind in ("python", "yaml") and (named := re.match(r"# (\w+\.(?:py|yaml))\n", text)):
            Path(named[1]).write_text(text, encoding="utf-8")           # a file that the reader writes
        if kind == "python":
            output = run_block(text, line, page, namespace)
        elif kind == "sh" and page.parent == TUTORIALS:
            output = run_commands(text, line, page)
        elif kind == "yaml" and text.startswith("task:"):               # a whole config, which must open
            Path("config.yaml").write_text(text, encoding="utf-8")
            open_config("config.yaml")
        elif kind == "text":                                            # what the block directly above shows
            slack = 0.4 if page.parent == TUTORIALS else 0.0
            if not (adjacent and output is not None and fits(text, output, slack)):
                pytest.fail(f"{name(page)}:{line}: expected\n{text}\ngot\n{output}", pytrace=False)
        elif kind not in ("", "sh", "powershell", "yaml", "python no-run", "sh no-run"):
            pytest.fail(f"{name(page)}:{line}: a block of kind {kind!r} is neither run nor known")


def links(page):
    """Return the targets of all links on a page."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", BLOCK.sub("", page.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} does not exist"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", there.read_text(encoding="utf-8")), re.M)
            assert anchor in {slug(heading) for heading in headings}, f"{target}: no such heading"


def slug(heading):
    """Return the anchor that code hosts give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "layer_table.md"], ids=name)
def test_pages_are_no_longer_than_three_hundred_lines(page):
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_page_is_in_the_index():
    linked = {(DOCS / target.partition("#")[0]).resolve() for target in links(DOCS / "README.md")}
    missing = set(PAGES[1:]) - linked - {DOCS / "README.md"}
    assert not missing, f"docs/README.md does not lead to {sorted(map(name, missing))}"


def test_the_layer_table_is_the_one_that_is_generated():
    generate = runpy.run_path(str(DOCS / "generate.py"))
    stored = (DOCS / "layer_table.md").read_text(encoding="utf-8")
    assert stored == generate["layer_table"](), "run: python docs/generate.py"


def keys(section, prefix=""):
    """Yield the dotted path of every key of a section of a config."""
    hints = get_type_hints(section)
    for field in dataclasses.fields(section):
        inner = hints[field.name]
        yield from keys(inner, f"{prefix}{field.name}.") if dataclasses.is_dataclass(inner) else [prefix + field.name]


@pytest.mark.parametrize("task", TASKS)
def test_every_key_of_a_config_is_explained(task):
    text = (DOCS / "yaml.md").read_text(encoding="utf-8")
    missing = [key for key in keys(TASKS[task]) if f"| `{key}` |" not in text]
    assert not missing, f"docs/yaml.md has no row for {', '.join(missing)}"


def test_every_recipe_and_command_is_on_the_page():
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert all(f"| `{recipe}` |" in text for recipe in recipes())
    assert all(f"chainrule {command.stem} " in text for command in (HOUSE / "cli").glob("*.py")
               if "set_defaults(run=" in command.read_text(encoding="utf-8"))


STEPS = {each for room in (layers, losses, optim, models) for each in room.__all__
         if isinstance(kind := getattr(room, each), type) and issubclass(kind, (Layer, Loss, Penalty, Optimizer))}


def test_every_layer_loss_and_optimiser_has_a_row():
    rows = re.findall(r"^\| \[`(\w+)`\]", (DOCS / "layer_table.md").read_text(encoding="utf-8"), re.M)
    assert not STEPS - set(rows), "run: python docs/generate.py"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_everything_public_is_on_a_page(room):
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "layer_table.md")
    missing = [each for each in room.__all__ if not re.search(rf"\b{each}\b", text)]
    assert not missing, f"no page mentions {', '.join(missing)}"


@pytest.mark.parametrize("script", EXAMPLES, ids=name)
def test_examples_run_and_print_something(script, tmp_path):
    assert ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
    fakes = (HOUSE / "tests" / "fakes").iterdir()
    absent = [str(fake) for fake in fakes if importlib.util.find_spec(fake.name) is None]
    paths = os.pathsep.join([*absent, *filter(None, [os.environ.get("PYTHONPATH")])])
    result = subprocess.run([sys.executable, "-W", "error", script], cwd=tmp_path, capture_output=True, text=True,
                            check=False, timeout=60, env={**os.environ, "PYTHONPATH": paths, "WANDB_MODE": "offline"})
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
