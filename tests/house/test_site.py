"""The pages of the site that are made: of every class, from its docstring, its example and its family's page."""

import json
import re
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
sys.path.append(str(HOUSE / "docs" / "building"))

import layer_pages  # noqa: E402    # beside the written pages, no part of the package

CASES = layer_pages.examples()
CLASSES = {name: (getattr(module, name), room) for room, module in layer_pages.ROOMS.items() for name in module.__all__
           if isinstance(getattr(module, name), type) and issubclass(getattr(module, name), layer_pages.TABLE["KINDS"])}


def page(name):
    kind, room = CLASSES[name]
    return layer_pages.page(name, kind, room, CASES.get(name))


def numbers(text):
    found = re.search(r'<script type="application/json">(.*?)</script>', text, re.S)
    return json.loads(found[1]) if found else None


@pytest.mark.parametrize("name", ["Linear", "BatchNorm1d", "Dropout", "MatMul"])
def test_a_page_has_the_formula_its_derivation_and_a_check_that_holds(name):
    text = page(name)
    for heading in ("## Gradients", "## Shapes", "## Picture", "## Gradient check", "## Derivation", "## Example"):
        assert f"\n{heading}\n" in text
    assert len(text.partition("## Derivation")[2].splitlines()) > 15
    data = numbers(text)
    for entry in (entry for array in data["arrays"] for entry in array["entries"]):
        errors = [abs(quotient - entry["gradient"]) for quotient in entry["quotients"]]
        assert min(errors) < 1e-6 * max(1, abs(entry["gradient"]))


def test_links_of_another_page_lead_to_the_same_places():
    text = "[a](activations.md) [b](#here) [c](../losses.md#mean) [d](https://example.org/x)"
    assert layer_pages.rebased(text, "layers/linear.md", "reference/layers/Linear.md") == (
        "[a](../../layers/activations.md) [b](../../layers/linear.md#here) [c](../../losses.md#mean) "
        "[d](https://example.org/x)")


@pytest.mark.long
@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_a_page(name):
    text = page(name)
    assert text.startswith(f"# {name}\n") and "## Derivation" in text
    data = numbers(text)
    for entry in (entry for array in data["arrays"] for entry in array["entries"]) if data else ():
        errors = sorted(abs(quotient - entry["gradient"]) for quotient in entry["quotients"])
        assert errors[2] < 1e-4 * max(1, abs(entry["gradient"]))


def test_the_site_is_set_out_as_the_index():
    pytest.importorskip("mkdocs")
    import hooks

    nav = hooks.on_config({})["nav"]
    titles = [title for section in nav for title in section]
    assert titles[0] == "Chainrule" and "Layers" in titles and titles[-1] == "Every class"
