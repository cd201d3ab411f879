"""Visit every page of a built site in headless Chromium: ``python docs/building/look.py SITE [PAGE …]``.

Each page is loaded at 400 and at 1400 pixels. What it may not do: raise an error in the console, ask for a file that is
not there, be wider than the window. Chromium is spoken to by its DevTools protocol, through two pipes.
"""

import argparse
import base64
import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["Browser", "problems", "serve"]

WIDTHS = (400, 1400)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
TOO_WIDE = """(() => {
    const page = document.scrollingElement;
    if (page.scrollWidth <= page.clientWidth) return "";
    const wide = [...document.body.querySelectorAll("*")].filter(
        (each) => each.getBoundingClientRect().right > page.clientWidth + 1);
    const said = wide.slice(-3).map((each) => `${each.tagName.toLowerCase()} ${each.textContent.trim().slice(0, 40)}`);
    return `${page.scrollWidth} pixels wide: ${said.join(", ")}`;
})()"""


class Browser:
    """A Chromium with one window; ``with`` ends it."""

    def __enter__(self) -> "Browser":
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            sys.exit(f"there is none of {', '.join(NAMES)}; apt-get install chromium")
        self.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        commands, ours = os.pipe()
        theirs, answers = os.pipe()

        def as_numbers_three_and_four() -> None:
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={self.home.name}", "about:blank"],
            preexec_fn=as_numbers_three_and_four, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.commands, self.answers = os.fdopen(ours, "wb"), os.fdopen(theirs, "rb")
        self.number, self.session, self.events = 0, {}, []
        self.unread = b""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = {"sessionId": self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self.commands.close()
        self.answers.close()
        self.home.cleanup()

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield what Chromium says, one JSON text after another, each ended by a zero byte."""
        while True:
            text, found, rest = self.unread.partition(b"\0")
            if found:
                self.unread = rest
                yield json.loads(text)
            elif chunk := os.read(self.answers.fileno(), 1 << 16):
                self.unread += chunk
            else:
                sys.exit("Chromium ended")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a command; what happens meanwhile is added to the events."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters, **self.session}
        self.commands.write(json.dumps(command).encode() + b"\0")
        self.commands.flush()
        for message in self.messages():
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)
        raise AssertionError("messages never end")

    def open(self, address: str, width: int, height: int = 900) -> list[str]:
        """Load a page; return what it complained of."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.ask("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")
        self.evaluate("new Promise((done) => setTimeout(done, 20))")       # what scripts do when all is loaded
        return [said for event in self.events if (said := complaint(event))]

    def wait_for(self, method: str) -> None:
        """Wait for an event, unless it has come."""
        if all(event.get("method") != method for event in self.events):
            for message in self.messages():
                self.events.append(message)
                if message.get("method") == method:
                    return

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression on the page."""
        return self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)["result"].get(
            "value")

    def picture(self, path: Path, whole: bool = False) -> None:
        """Write what the window shows, or the whole page, as PNG."""
        shown = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shown["data"]))


def complaint(event: dict[str, Any]) -> str | None:
    """Return what an event of the console says, if it is an error."""
    method, about = event.get("method"), event.get("params", {})
    if method == "Runtime.exceptionThrown":
        details = about["exceptionDetails"]
        return details.get("exception", {}).get("description", details["text"])
    if method == "Runtime.consoleAPICalled" and about["type"] in ("error", "assert"):
        return " ".join(str(each.get("value", each.get("description"))) for each in about["args"])
    if method == "Log.entryAdded" and about["entry"]["level"] == "error":
        return f"{about['entry']['text']} {about['entry'].get('url', '')}"
    return None


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, without a log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine, for a ``with``; its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def problems(site: Path, pages: list[str]) -> Iterator[str]:
    """Yield what is wrong with pages of a site, at each width."""
    with serve(site) as address, Browser() as browser:
        for page in pages:
            for width in WIDTHS:
                found = browser.open(f"{address}/{page}", width)
                if wide := browser.evaluate(TOO_WIDE):
                    found.append(wide)
                yield from (f"{page} at {width} pixels: {each}" for each in found)


def take_pictures(site: Path, pages: list[str], folder: Path, height: int | None) -> None:
    """Write a picture of each page at each width: of the whole page, or of a window of this height."""
    folder.mkdir(parents=True, exist_ok=True)
    with serve(site) as address, Browser() as browser:
        for page in pages:
            for width in WIDTHS:
                browser.open(f"{address}/{page}", width, height or 900)
                name = page.removesuffix(".html").removesuffix("/index").replace("/", "-")
                browser.picture(folder / f"{name}-{width}.png", whole=height is None)


def main() -> None:
    """Look at all pages, or take pictures of some."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("pages", nargs="*", help="paths below the site; all if none is given")
    parser.add_argument("--pictures", type=Path, help="take pictures of the pages, and write them here")
    parser.add_argument("--height", type=int, help="of pictures, in place of the whole page")
    arguments = parser.parse_args()
    pages = arguments.pages or sorted(path.relative_to(arguments.site).as_posix()
                                      for path in arguments.site.rglob("*.html") if path.name != "404.html")
    if arguments.pictures:
        take_pictures(arguments.site, pages, arguments.pictures, arguments.height)
        return
    found = 0
    for problem in problems(arguments.site, pages):
        print(problem, flush=True)
        found += 1
    print(f"{len(pages)} pages, each at {' and '.join(map(str, WIDTHS))} pixels: {found} problems")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
