"""What the site has beside the written pages: pages of classes and runs, notebooks, the files that pages lead to."""

import json
import re
import sys
from pathlib import Path
from posixpath import relpath
from typing import Any

HOUSE = Path(__file__).parents[2]
sys.path.append(str(Path(__file__).parent))

import gallery  # noqa: E402    # beside this file, which mkdocs loads by its path, as are the next two
from layer_pages import ROOMS, layer_pages  # noqa: E402
from mkdocs.structure.files import File  # noqa: E402
from notebooks import TUTORIALS, notebook  # noqa: E402

__all__ = ["on_config", "on_files", "on_page_markdown"]

_LINK = re.compile(r"\]\((?:\.\./)+((?:examples|data|tests|configs|course)/[^)#\s]+)\)")


def on_config(config: Any) -> Any:
    """Set the pages out as docs/README.md does, heading by heading, with the page of every class at the end."""
    nav: list[Any] = [{"Chainrule": "README.md"}]
    for section in re.split(r"^## ", (HOUSE / "docs" / "README.md").read_text(encoding="utf-8"), flags=re.M)[1:]:
        links = re.findall(r"\[([^]]+)\]\(([^)#]+\.md)\)", section)
        if links:
            pages = [{title.replace("\n", " ").replace("*", ""): path} for title, path in links]
            nav.append({section.splitlines()[0]: pages})
    config["nav"] = [*nav, {"Every class": [f"reference/{room}/index.md" for room in ROOMS]}]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are made, and one for each file of the repository that a page leads to."""
    for path, text in layer_pages():
        files.append(File.generated(config, path, content=text))
    for recipe in gallery.recipes_of((HOUSE / "docs" / "gallery.md").read_text(encoding="utf-8")):
        files.append(File.generated(config, f"gallery/{recipe}.html", content=gallery.report_of(recipe)))
    for page in sorted(TUTORIALS.glob("*.md")):
        made = json.dumps(notebook(page), indent=1)
        files.append(File.generated(config, f"tutorials/{page.stem}.ipynb", content=made))
    linked = {found for file in files.documentation_pages() for found in _LINK.findall(file.content_string)}
    for path in sorted(linked):
        text = (HOUSE / path).read_text(encoding="utf-8")
        language = Path(path).suffix.removeprefix(".").replace("txt", "text")
        files.append(File.generated(config, f"files/{path}.md", content=f"# {path}\n\n````{language}\n{text}\n````\n"))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Hang the runs, offer the notebooks; lead links to files of the repository to their pages."""
    here = Path(page.file.src_uri)
    if here.name == "README.md":
        page.meta["hide"] = ["navigation", "toc"]           # all pages are on it
    if here.name == "gallery.md":
        markdown = gallery.hang(markdown)
    if here.parent.name == "tutorials":
        markdown = re.sub(r"\A(# .*)$", rf"\1\n\n[As a notebook]({here.stem}.ipynb){{ .notebook download }}", markdown,
                          count=1, flags=re.M)
    markdown = re.sub(r"^```(\w+) no-run$", r"```\1", markdown, flags=re.M)        # a word for the tests
    return _LINK.sub(lambda found: f"]({relpath(f'files/{found[1]}.md', here.parent.as_posix())})", markdown)
