"""Notebooks, made from the tutorials alone; ``python docs/building/notebooks.py FOLDER`` writes and runs them.

A block of Python is a cell; of a shell, a cell whose lines begin with ``!``; a file that the reader writes, a cell that
writes it. What a page shows as output is left out: a notebook makes its own.
"""

import base64
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

__all__ = ["TUTORIALS", "notebook"]

TUTORIALS = Path(__file__).parents[1] / "tutorials"
LONGEST = 60                                                            # seconds that a notebook may run
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$\n?", re.M | re.S)
_PICTURE = re.compile(r"!\[([^]]*)\]\(([^)]+)\)")
_LINK = re.compile(r"(?<!!)\[([^]]+)\]\((?!https?:|attachment:)[^)]+\)")


def notebook(page: Path) -> dict[str, Any]:
    """Return the notebook of a tutorial."""
    text, end, cells = page.read_text(encoding="utf-8"), 0, []
    for block in _BLOCK.finditer(text):
        cells += [written(text[end:block.start()], page), *code(block[1].strip(), block[2])]
        end = block.end()
    cells.append(written(text[end:], page))
    kept = [cell for cell in cells if cell["source"]]
    for number, cell in enumerate(kept):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": kept, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4,
            "nbformat_minor": 5}


def written(text: str, page: Path) -> dict[str, Any]:
    """Return a cell of text, with its pictures in it; links to other pages, which are not beside it, as words."""
    found = {Path(target).name: page.parent / target for _, target in _PICTURE.findall(text)}
    pictures = {name: {"image/png": base64.b64encode(path.read_bytes()).decode()} for name, path in found.items()}
    text = _PICTURE.sub(lambda picture: f"![{picture[1]}](attachment:{Path(picture[2]).name})", text)
    cell = {"cell_type": "markdown", "metadata": {}, "source": _LINK.sub(r"\1", text).strip()}
    return {**cell, "attachments": pictures} if pictures else cell


def code(kind: str, text: str) -> list[dict[str, Any]]:
    """Return the cells of a block: one, or two for a file of Python, which is written and then run."""
    named = re.match(r"# (\w+\.(?:py|yaml))\n", text)
    if kind in ("python", "yaml") and named:
        sources = [f"%%writefile {named[1]}\n{text}", f"%run {named[1]}"][:2 if kind == "python" else 1]
    elif kind == "python":
        sources = [text]
    elif kind == "sh":
        sources = [re.sub(r"^(?=\S)", "!", text, flags=re.M)]
    elif kind == "text":
        return []
    else:
        return [{"cell_type": "markdown", "metadata": {}, "source": f"```{kind.split(' ')[0]}\n{text}```"}]
    return [{"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source.strip()}
            for source in sources]


def run(made: dict[str, Any], folder: Path) -> float:
    """Run a notebook in a folder and return the seconds that it took; an error, also of a command, is an error."""
    from nbclient import NotebookClient
    from nbformat import from_dict

    checked = json.loads(json.dumps(made))
    for cell in checked["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = re.sub(r"^(!.*)$", r"\1\nassert _exit_code == 0, _exit_code", cell["source"], flags=re.M)
    began = time.monotonic()
    NotebookClient(from_dict(checked), timeout=LONGEST, resources={"metadata": {"path": str(folder)}}).execute()
    return time.monotonic() - began


def main() -> None:
    """Write and run all notebooks, each in a folder of its own."""
    slow = []
    for page in sorted(TUTORIALS.glob("*.md")):
        folder = Path(sys.argv[1], page.stem)
        folder.mkdir(parents=True)
        made = notebook(page)
        (folder / f"{page.stem}.ipynb").write_text(json.dumps(made, indent=1), encoding="utf-8")
        seconds = run(made, folder)
        print(f"{page.stem}: {len(made['cells'])} cells, {seconds:.1f} s", flush=True)
        slow += [page.stem] * (seconds > LONGEST)
    if slow:
        sys.exit(f"longer than {LONGEST} s: {', '.join(slow)}")


if __name__ == "__main__":
    main()
