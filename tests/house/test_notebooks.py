"""Notebooks are made of the tutorials: every block has its cells, and nothing leads away."""

import json
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
sys.path.append(str(HOUSE / "docs" / "building"))

from notebooks import TUTORIALS, notebook  # noqa: E402    # beside the written pages, no part of the package

PAGE = """\
# A page

[Runs](../runs.md) and ![a curve](curve.png).

```python
x = 1
```

```text
what x is
```

```sh
chainrule train xor \\
    --set training.epochs=1
ls runs
```

```sh no-run
pip install .
```

```python
# mine.py
y = 2
```

```yaml
# mine.yaml
task: supervised
```
"""


def test_every_block_has_its_cells(tmp_path):
    (tmp_path / "curve.png").write_bytes(b"\x89PNG")
    (tmp_path / "page.md").write_text(PAGE)
    cells = notebook(tmp_path / "page.md")["cells"]
    assert [cell["source"] for cell in cells] == [
        "# A page\n\nRuns and ![a curve](attachment:curve.png).", "x = 1",
        "!chainrule train xor \\\n    --set training.epochs=1\n!ls runs", "```sh\npip install .\n```",
        "%%writefile mine.py\n# mine.py\ny = 2", "%run mine.py", "%%writefile mine.yaml\n# mine.yaml\ntask: supervised"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code", "markdown", "code", "code", "code"]
    assert cells[0]["attachments"] == {"curve.png": {"image/png": "iVBORw=="}}


@pytest.mark.parametrize("page", sorted(TUTORIALS.glob("*.md")), ids=lambda page: page.stem)
def test_a_tutorial_is_a_notebook_that_leads_nowhere(page):
    made = notebook(page)
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(nbformat.reads(json.dumps(made), as_version=4))
    assert "](../" not in json.dumps(made)
