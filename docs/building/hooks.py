"""What the site has beside the written pages: a page for every class, and the files that pages lead to."""

import re
import sys
from pathlib import Path
from posixpath import relpath
from typing import Any

HOUSE = Path(__file__).parents[2]
sys.path.append(str(Path(__file__).parent))

from layer_pages import ROOMS, layer_pages  # noqa: E402    # beside this file, which mkdocs loads by its path
from mkdocs.structure.files import File  # noqa: E402

__all__ = ["on_config", "on_files", "on_page_markdown"]

_LINK = re.compile(r"\]\((?:\.\./)+((?:examples|data|tests|configs)/[^)#\s]+)\)")


def on_config(config: Any) -> Any:
    """Set the pages out as docs/README.md does, heading by heading, with the page of every class at the end."""
    nav: list[Any] = [{"Chainrule": "README.md"}]
    for section in re.split(r"^## ", (HOUSE / "docs" / "README.md").read_text(encoding="utf-8"), flags=re.M)[1:]:
        links = re.findall(r"\[([^]]+)\]\(([^)#]+\.md)\)", section)
        if links:
            nav.append({section.splitlines()[0]: [{title.replace("\n", " "): path} for title, path in links]})
    config["nav"] = [*nav, {"Every class": [f"reference/{room}/index.md" for room in ROOMS]}]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are made, and one for each file of the repository that a page leads to."""
    for path, text in layer_pages():
        files.append(File.generated(config, path, content=text))
    linked = {found for file in files.documentation_pages() for found in _LINK.findall(file.content_string)}
    for path in sorted(linked):
        text = (HOUSE / path).read_text(encoding="utf-8")
        language = Path(path).suffix.removeprefix(".").replace("txt", "text")
        files.append(File.generated(config, f"files/{path}.md", content=f"# {path}\n\n````{language}\n{text}\n````\n"))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Begin with the repository's own first page; lead links to files of the repository to their pages."""
    if page.file.src_uri == "README.md":
        start = (HOUSE / "README.md").read_text(encoding="utf-8").partition("\n## The house")[0]
        start = start.replace("](docs/", "](").replace("](configs/", "](../configs/")
        markdown = f"{start}\n\n{markdown.replace('# Documentation', '## All pages', 1)}"
    here = Path(page.file.src_uri).parent.as_posix()
    return _LINK.sub(lambda found: f"]({relpath(f'files/{found[1]}.md', here)})", markdown)
