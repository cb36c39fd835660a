"""Take pictures of the pages that people see, at the widths of their windows, and say which are wider than those.

    python scripts/take_screenshots.py OUT --run results/en --run results/zh --explorer --book dist/book

Of each run: its index and the page of its first park (or of --park); with --explorer also the explorer on that run.
Needs a browser (chromium, chromium-browser or google-chrome).  Ends with 1 where a page is wider than its window.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Windows that pages are looked at in: a screen, a laptop, a tablet, a telephone.
WINDOWS = ((1920, 1080), (1366, 768), (768, 1024), (390, 844))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: Nothing is fetched from elsewhere, and root may run it.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ANSWER = ".pathways-answer .pw-card"


def main() -> int:
    """Take the pictures; 1 if a page is wider than its window."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", type=Path, action="append", default=[], help="folder of a run; may be given again")
    parser.add_argument("--park", help="park whose page is taken; the first of the run by default")
    parser.add_argument("--explorer", action="store_true", help="the explorer on each run too")
    parser.add_argument("--book", type=Path, help="folder of the HTML book")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wider = 0
    with opened_browser() as browser:
        for run in given.run:
            lang = language_of(run)
            park = given.park or next(path.parent.name for path in sorted(run.glob("*/notebook.html")))
            for name, file in (("index", run / "index.html"), ("park", run / park / "notebook.html")):
                wider += take(browser, file.resolve().as_uri(), given.out, f"{name}_{lang}")
            if given.explorer:
                with serving(park, "--run", str(run.resolve()), "--lang", lang) as address:
                    wider += take(browser, address, given.out, f"explorer_{lang}", wait=ANSWER)
        if given.book:
            wider += take(browser, (given.book / "index.html").resolve().as_uri(), given.out, "book")
    return int(bool(wider))


def language_of(run: Path) -> str:
    """Read the language of a run's pages."""
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return str(record["parameters"].get("lang", "en"))


@contextlib.contextmanager
def opened_browser() -> Iterator[Any]:
    """Start the browser of this machine, with the fonts of the system as they are."""
    # Deferred: only who takes pictures needs it.
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit(f"no browser: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


def take(browser: Any, address: str, out: Path, name: str, wait: str = "body") -> int:
    """Take one page in every window, its first screen and whole; return in how many it is wider than the window."""
    page, wider = browser.new_page(viewport={"width": 1366, "height": 768}), 0
    open_page(page, address, wait)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        beyond = int(page.evaluate(WIDER))
        wider += beyond > 0
        page.screenshot(path=str(out / f"{name}_{width}.png"))
        page.screenshot(path=str(out / f"{name}_{width}_whole.png"), full_page=True)
        print(f"{name} at {width}: {f'{beyond} pixels wider than the window' if beyond > 0 else 'fits'}")
    page.close()
    return wider


def open_page(page: Any, address: str, wait: str = "body") -> None:
    """Open an address whose server may still be starting, and wait for an element of it."""
    for _ in range(120):
        try:
            page.goto(address, timeout=60_000)
            break
        except Exception:  # refused until the server is there
            page.wait_for_timeout(500)
    page.wait_for_selector(wait, timeout=90_000)


@contextlib.contextmanager
def serving(*words: str) -> Iterator[str]:
    """Serve the explorer as the command line does; yield its address, and end it afterwards."""
    command = [sys.executable, "-m", "pathway_models", "explore", "--no-browser", *words]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, start_new_session=True) as server,
    ):
        try:
            address = server.stdout.readline().strip()
            if not address.startswith("http://127.0.0.1:"):
                sys.exit("the explorer did not start")
            yield address
        finally:
            os.killpg(server.pid, signal.SIGINT)
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
