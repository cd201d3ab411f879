"""The gallery: every recipe that has a heading on docs/gallery.md is trained, and the page of its run is kept."""

import contextlib
import functools
import io
import re
import tempfile
from pathlib import Path

from chainrule.cli import main

__all__ = ["hang", "recipes_of", "report_of"]

_HEADING = re.compile(r"^## `(\w+)`.*$", re.M)


def recipes_of(text: str) -> list[str]:
    """Return the recipes that have a heading."""
    return _HEADING.findall(text)


@functools.cache                                # a site that is served is built many times
def report_of(recipe: str) -> str:
    """Train a recipe and return the page of its run."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        if main(["train", recipe, "--runs", folder]):
            raise RuntimeError(f"{recipe} did not train: {said.getvalue()[-500:]}")
        (report,) = Path(folder).glob("*/report.html")
        return report.read_text(encoding="utf-8")


def hang(text: str) -> str:
    """Put below each heading the page of its run, small, which leads to the large one."""
    def picture(heading: re.Match[str]) -> str:
        name = heading[1]
        small = f'<iframe src="{name}.html" loading="lazy" tabindex="-1" title="the page of a run of {name}, small">'
        return (f'{heading[0]}\n\n<a class="run" href="{name}.html">{small}</iframe></a>\n\n'
                f"[The page of this run](gallery/{name}.html)")

    return _HEADING.sub(picture, text)
