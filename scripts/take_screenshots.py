"""Take screenshots of all pages at usual window widths, and report pages wider than the window.

    python scripts/take_screenshots.py OUT --run results/en --run results/zh --explorer --documents --book BOOK

Of each run: its index, also as it is printed, and the page of its first park (or of --park); with --explorer also the
explorer on that run, with --documents the pages of its report in Word, PDF and HTML.  Of the book: its first page and
some of each kind.  With --without-fonts the browser has one font, of a box only, so that characters without an embedded
font are boxes in the picture.

Needs a browser (chromium, chromium-browser or google-chrome); printed pages and documents need pypdfium2 as well, Word
also LibreOffice.  Ends with 1 where a page is wider than its window.
"""

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

#: Window sizes: a screen, a laptop, a tablet, a phone.
WINDOWS = ((1920, 1080), (1366, 768), (768, 1024), (390, 844))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: Options of the browser: no background networking; root may run it.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ANSWER = ".pathways-answer .pw-card"
#: Pages of the book that are taken: the first, the answer, a park's notebook, a page of formulas, one of tables.
BOOK = ("index", "notebooks/00_start_here", "notebooks/02_park_pathways", "docs/methods", "docs/assumptions")
#: Font settings that restrict the browser to the fonts of one folder.
OWN_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>"""
#: Pixels of an inch of a printed page, and the greatest height of a picture of a whole page.
SHARPNESS, HIGHEST = 72, 12_000


def main() -> int:
    """Take the pictures; 1 if a page is wider than its window."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", type=Path, action="append", default=[], help="folder of a run; may be given again")
    parser.add_argument("--park", help="park whose page is taken; the first of the run by default")
    parser.add_argument("--explorer", action="store_true", help="the explorer on each run too")
    parser.add_argument("--documents", action="store_true", help="the index as printed and the park's report too")
    parser.add_argument("--book", type=Path, help="folder of the HTML book")
    parser.add_argument("--without-fonts", action="store_true", help="a browser without the fonts of the system")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wider = 0
    with opened_browser(without_fonts=given.without_fonts) as browser:
        for run in given.run:
            lang = language_of(run)
            park = given.park or next(path.parent.name for path in sorted(run.glob("*/notebook.html")))
            for name, file in (("index", run / "index.html"), ("park", run / park / "notebook.html")):
                wider += take(browser, file.resolve().as_uri(), given.out, f"{name}_{lang}")
            if given.documents:
                take_printed(browser, run / "index.html", given.out, f"index_{lang}_printed")
                wider += take_documents(browser, run, park, given.out, lang)
            if given.explorer:
                with serving(park, "--run", str(run.resolve()), "--lang", lang) as address:
                    wider += take(browser, address, given.out, f"explorer_{lang}", wait=ANSWER)
        for page in BOOK if given.book else ():
            address = (given.book / f"{page}.html").resolve().as_uri()
            wider += take(browser, address, given.out, f"book_{Path(page).name}")
    return int(bool(wider))


def language_of(run: Path) -> str:
    """Read the language of a run's pages."""
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return str(record["parameters"].get("lang", "en"))


@contextlib.contextmanager
def opened_browser(*, without_fonts: bool = False) -> Iterator[Any]:
    """Start the browser of this machine, with the fonts of the system or without any."""
    # Deferred: needed for screenshots only.
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit(f"no browser: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, **(empty_fonts(Path(folder)) if without_fonts else {})}
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS), env=env)
        yield browser
        browser.close()


def empty_fonts(folder: Path) -> dict[str, str]:
    """Restrict a browser to one font that has only a box, shown for characters without an embedded font."""
    from fontTools import subset

    from pathway_models.documents.page_fonts import CHINESE_FONT

    options = subset.Options(notdef_outline=True)
    with subset.load_font(str(CHINESE_FONT), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=" ")
        cutter.subset(font)
        subset.save_font(font, str(folder / "boxes.otf"), options)
    (folder / "fonts.conf").write_text(OWN_FONTS.format(folder=folder), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


def take_printed(browser: Any, file: Path, out: Path, name: str) -> None:
    """Print a page on A4, and take the pictures of what was printed."""
    page = browser.new_page()
    open_page(page, file.resolve().as_uri())
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "printed.pdf"
        page.pdf(path=str(printed), format="A4", print_background=True)
        page.close()
        take_pdf(printed, out, name)


def take_documents(browser: Any, run: Path, park: str, out: Path, lang: str) -> int:
    """Write a park's report in every format, and take its pages; return the number of windows it exceeds."""
    with tempfile.TemporaryDirectory() as folder:
        formats = [word for kind in ("docx", "pdf", "html") for word in ("--format", kind)]
        told = [sys.executable, "-m", "pathway_models", "report", str(run), park, "--lang", lang, "--out", folder]
        subprocess.run([*told, *formats], check=True, stdout=subprocess.DEVNULL)
        (docx,), (pdf,), (html,) = (list(Path(folder).glob(f"*.{kind}")) for kind in ("docx", "pdf", "html"))
        take_pdf(pdf, out, f"report_{lang}_pdf")
        converting = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf"]
        subprocess.run([*converting, "--outdir", f"{folder}/office", str(docx)], check=True, timeout=180,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        take_pdf(next(Path(folder, "office").glob("*.pdf")), out, f"report_{lang}_docx")
        return take(browser, html.as_uri(), out, f"report_{lang}")


def take_pdf(file: Path, out: Path, name: str) -> None:
    """Take the pages of a PDF."""
    try:
        import pypdfium2
    except ImportError:
        sys.exit("printed pages and documents need one more package: pip install pypdfium2")
    document = pypdfium2.PdfDocument(file)
    for number, page in enumerate(document, start=1):
        page.render(scale=SHARPNESS / 72).to_pil().save(out / f"{name}_{number:02}.png")
    print(f"{name}: {len(document)} pages")
    document.close()


def take(browser: Any, address: str, out: Path, name: str, wait: str = "body") -> int:
    """Take one page in every window, first screen and whole page; return the number of windows it exceeds."""
    page, wider = browser.new_page(viewport={"width": 1366, "height": 768}), 0
    open_page(page, address, wait)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        beyond = int(page.evaluate(WIDER))
        wider += beyond > 0
        page.screenshot(path=str(out / f"{name}_{width}.png"))
        whole = min(HIGHEST, int(page.evaluate("document.documentElement.scrollHeight")))
        page.screenshot(
            path=str(out / f"{name}_{width}_whole.png"),
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": whole},
        )
        print(f"{name} at {width}: {f'{beyond} pixels wider than the window' if beyond > 0 else 'fits'}")
    page.close()
    return wider


def open_page(page: Any, address: str, wait: str = "body") -> None:
    """Open an address whose server may still be starting, and wait for an element of it."""
    for _ in range(120):
        try:
            page.goto(address, timeout=60_000)
            break
        except Exception:  # refused until the server is ready
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
