"""The look at every page of the site finds what a reader would see."""

import shutil
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
sys.path.append(str(HOUSE / "docs" / "building"))

import look  # noqa: E402    # beside the written pages, no part of the package

PAGE = '<!doctype html><link rel="icon" href="data:,"><p>hello</p>'
BAD = PAGE + """<p style="width: 700px">wide</p><img src="none.png">
<script>console.error("oh", 3); window.setTimeout(() => nothing.here, 1);</script>"""


@pytest.mark.long
@pytest.mark.skipif(not any(map(shutil.which, look.NAMES)), reason="there is no Chromium")
def test_errors_missing_files_and_pages_too_wide_are_found(tmp_path):
    (tmp_path / "good.html").write_text(PAGE)
    (tmp_path / "bad.html").write_text(BAD)
    assert list(look.problems(tmp_path, ["good.html"])) == []
    found = list(look.problems(tmp_path, ["bad.html"]))
    narrow, wide = ([each for each in found if f"at {width} pixels" in each] for width in look.WIDTHS)
    for words in ("none.png", "oh 3", "ReferenceError"):
        assert any(words in each for each in narrow) and any(words in each for each in wide)
    assert any("pixels wide" in each for each in narrow) and not any("pixels wide" in each for each in wide)
