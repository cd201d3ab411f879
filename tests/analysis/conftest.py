"""A real browser, without a window: what it thinks of a page on a phone."""

import html
import json
import re
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Runs inside the frame's parent, once the frame is loaded; the page itself stays without a script.
LOOK = """
<script>
frame.onload = () => {
  const page = frame.contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter(each => !each.closest(".scroll, svg") &&
    each.getBoundingClientRect().right > root.clientWidth + 1).map(each => each.outerHTML.slice(0, 80));
  result.textContent = JSON.stringify({
    width: root.clientWidth, scrolls: root.scrollWidth, wide: wide, text: page.body.innerText,
    broken: [...page.images].filter(each => !each.complete || !each.naturalWidth).length,
    images: page.images.length, scripts: page.scripts.length,
    pictures: [...page.querySelectorAll("svg[role=img]")].map(each => each.getAttribute("aria-label")),
    flat: [...page.querySelectorAll("svg[role=img]")].filter(each => each.getBoundingClientRect().height < 20).length,
  });
};
</script>"""


@pytest.fixture(scope="session")
def browse(tmp_path_factory):
    """Return a function that shows a page at a width and returns what there is to see, and the console's messages."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium")

    def look(page, width=400):
        folder = tmp_path_factory.mktemp("browser")
        (folder / "frame.html").write_text(
            f'<!DOCTYPE html><meta charset="utf-8"><pre id="result"></pre><iframe id="frame" style="border:0;width:'
            f'{width}px;height:900px" srcdoc="{html.escape(page)}"></iframe>{LOOK}', encoding="utf-8")
        ended = subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                                "--enable-logging=stderr", f"--user-data-dir={folder / 'profile'}",
                                "--virtual-time-budget=3000", "--dump-dom", (folder / "frame.html").as_uri()],
                               capture_output=True, text=True, timeout=60, check=True)
        found = json.loads(html.unescape(re.search(r'<pre id="result">(.*?)</pre>', ended.stdout, re.S)[1]))
        return found | {"console": re.findall(r"CONSOLE.*", ended.stderr)}

    return look
