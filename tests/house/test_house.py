"""The rules of the house: who imports whom, how long files are, what every file declares."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ["layers", "losses", "optim", "data", "training", "models", "testing", "backprop", "analysis", "interchange",
         "experiments", "course", "cli"]
ASSIGNMENTS = HOUSE / "course" / "assignments"      # what students get and write, no part of the package
SOURCES = sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py") if ASSIGNMENTS not in path.parents)
EVERYTHING = [*SOURCES, *sorted((HOUSE / "chainrule").rglob("*.py"))]
TESTS = sorted((HOUSE / "tests").rglob("*.py"))
OPTIONAL = {"matplotlib", "rich", "numba", "optuna"}   # slow or optional


def name(path):
    return str(path.relative_to(HOUSE))


def imports(tree, path):
    """Yield (line, absolute dotted name inside the package or of a library, whether inside a function)."""
    package = ["chainrule", *path.relative_to(HOUSE).parts[:-1]]
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
              for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            start = package[:len(package) - node.level + 1] if node.level else []
            module = [*start, *(node.module or "").split(".")] if node.module else start
            for alias in node.names if not node.module else [None]:
                yield node.lineno, ".".join([*module, alias.name] if alias else module), id(node) in inside


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_are_relative_one_way_and_at_the_top(path):
    room = path.relative_to(HOUSE).parts[0]
    text = path.read_text()
    for line, target, inside in imports(ast.parse(text), path):
        parts = target.split(".")
        if inside:
            assert parts[0] in OPTIONAL, f"line {line}: {target} is imported inside a function"
        if parts[0] == "chainrule" and len(parts) > 1 and parts[1] in ROOMS:
            assert ROOMS.index(parts[1]) <= ROOMS.index(room), f"line {line}: {room} imports from {parts[1]}"
    assert not re.search(r"^\s*(from|import) chainrule", text, re.M), "inside the package imports are relative"


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name)
def test_no_file_is_longer_than_three_hundred_lines(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_every_file_has_a_one_sentence_docstring_and_a_sorted_all(path):
    tree = ast.parse(path.read_text())
    docstring = ast.get_docstring(tree)
    assert docstring
    assert docstring.split("\n\n")[0].endswith("."), "one sentence first"
    if path.name == "__main__.py":
        return
    (exported,) = [node.value for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))
                   and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target) == "__all__"]
    names = ast.literal_eval(exported)
    kind = [(0 if word.isupper() and len(word) > 1 else 1 if word[0].isupper() else 2, word) for word in names]
    assert kind == sorted(kind) and len(set(names)) == len(names)


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_nothing_unfinished_unsafe_or_shapeless(path):
    tree, text = ast.parse(path.read_text()), path.read_text()
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)], "raise an error instead of assert"
    for word in ("TODO", "FIXME", "XXX", "pickle.load", "urllib", "requests.get", "allow_pickle=True"):
        assert word not in text
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", sorted({path.parent for path in SOURCES}), ids=name)
def test_every_room_is_a_package_that_pyproject_lists(path):
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["setuptools"]
    dotted = ".".join(["chainrule", *path.relative_to(HOUSE).parts])
    assert dotted in settings["packages"]
    assert settings["package-dir"][dotted] == name(path)
    assert (path / "__init__.py").exists()


def test_pyproject_lists_no_package_that_does_not_exist():
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert set(settings["packages"]) == set(settings["package-dir"])
    assert all((HOUSE / folder).is_dir() for folder in settings["package-dir"].values())
    assert not (HOUSE / "__init__.py").exists()


@pytest.mark.parametrize("path", [path for path in TESTS if path.name != "conftest.py"], ids=name)
def test_every_test_file_mirrors_a_source_or_stands_for_the_whole(path):
    parts = path.relative_to(HOUSE / "tests").parts
    if parts[0] in ("house", "theory", "contract", "recipes", "parity") or not path.name.startswith("test_"):
        return
    source = HOUSE.joinpath(*parts[:-1], path.name.removeprefix("test_"))
    assert source.exists() or source.with_suffix("").is_dir() or (HOUSE.joinpath(*parts[:-1])).name == path.stem[5:], \
        f"no source {name(source)}"
