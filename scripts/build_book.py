"""Build the HTML book of all executed notebooks and the pages of docs/, without network.

Called by ``python tasks.py book [--out FOLDER]``. The stored outputs are shown; nothing is executed.
"""

import argparse
import json
import logging
import re
import shutil
import sys
from pathlib import Path

import yaml
from sphinx.cmd.build import build_main

from pathway_models.documents.page_fonts import CHINESE_FONT, font_with

ROOT = Path(__file__).resolve().parents[1]
#: Order of the course: part, then its pages; a folder, with a slash, means all its other pages by name.
PARTS = (
    ("从这里开始 / Start here", ("notebooks/00_start_here",)),
    ("清单 / Inventory", ("notebooks/01_park_inventory", "docs/workbook")),
    ("路径 / Pathways", ("notebooks/02_park_pathways", "docs/baseline", "docs/headline", "docs/peak_rules")),
    ("决策 / Decisions", ("notebooks/04_park_decisions", "docs/decisions")),
    ("全部园区 / All parks", ("notebooks/03_all_parks",)),
    ("更多 / More", ("notebooks/",)),
    ("方法 / Methods", ("notebooks/methods/model_step_by_step", "notebooks/methods/", "docs/")),
    ("复现 / Reproductions", ("notebooks/reproductions/", "docs/reproductions", "docs/add_a_study")),
)
#: A link of a page in docs to a file outside the book: everything above docs but the notebooks.
LINK_TO_SOURCE = re.compile(r"\[([^\]]+)\]\(\.\./(?!notebooks/)[^)]+\)")
HEAD = """# 园区碳达峰路径 / When does a park peak?

一个园区的二氧化碳排放何时达峰，把握有多大，怎样在2030年以前达峰？本书是全部已运行的笔记本与方法说明，按课程顺序排列，可离线阅读和检索。

When do a park's CO2 emissions peak, how sure are we, and what would bring the peak before 2030? This book holds all
executed notebooks and the pages on methods, in the order of a course; it is read and searched without network.

"""


def main(words: list[str] | None = None) -> int:
    """Gather the pages, build the book and print where it begins; return Sphinx's exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--out", type=Path, default=ROOT / "build" / "book", help="folder of the book")
    out = asked.parse_args(words).out.resolve()
    gather(out / "source")
    shutil.rmtree(out / "html", ignore_errors=True)
    settings = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(ROOT / "book"), "-d", str(out / "trees")]
    code = build_main([*settings, str(out / "source"), str(out / "html")])
    if code == 0:
        write_font(out / "html")
        print(out / "html" / "index.html")
    return code


def write_font(html: Path) -> None:
    """Write the font, subset to the characters of the book, beside its style sheet: no system font is needed."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # Sphinx shows the logs of every library
    signs = {sign for page in html.rglob("*.html") for sign in page.read_text(encoding="utf-8")}
    (html / "_static" / "book.woff").write_bytes(font_with(CHINESE_FONT, "".join(sorted(signs))))


def gather(folder: Path) -> None:
    """Copy the pages in the folder structure of the project, and write the first page."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, kinds in (("notebooks", {".ipynb"}), ("docs", {".md", ".png"})):
        for path in sorted((ROOT / name).rglob("*")):
            if path.suffix in kinds and ".ipynb_checkpoints" not in path.parts:
                target = folder / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    # A link to a source file has no target in the book: its text stays.
    page = folder / "docs" / "architecture.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(LINK_TO_SOURCE.sub(r"\1", text), encoding="utf-8", newline="\n")
    (folder / "index.md").write_text(HEAD + "\n".join(contents(folder)), encoding="utf-8", newline="\n")


def contents(folder: Path) -> list[str]:
    """Return the lines of the tables of contents by part; titles in both languages where there is a Chinese one."""
    chinese = yaml.safe_load((ROOT / "book" / "titles.yml").read_text(encoding="utf-8"))
    lines = []
    for caption, pages in ordered(folder).items():
        entries = [f"{chinese[page]} {title_of(folder, page)} <{page}>" if page in chinese else page for page in pages]
        lines += ["```{toctree}", f":caption: {caption}", ":maxdepth: 1", "", *entries, "```", ""]
    return lines


def title_of(folder: Path, page: str) -> str:
    """Return the title of a page: its first line up to a colon."""
    file = folder / f"{page}.md"
    if file.is_file():
        text = file.read_text(encoding="utf-8")
    else:
        text = "".join(json.loads(file.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"][0]["source"])
    return re.split(r"[:?：？]", text.splitlines()[0].removeprefix("# "))[0].strip()


def ordered(folder: Path) -> dict[str, list[str]]:
    """Return every page once, by part: named pages where they are named, the others in their folder's part."""
    named = {page for _, pages in PARTS for page in pages if not page.endswith("/")}
    parts: dict[str, list[str]] = {}
    for caption, pages in PARTS:
        found = [page for name in pages for page in pages_of(folder, name) if page == name or page not in named]
        if found:
            parts[caption] = found
    return parts


def pages_of(folder: Path, name: str) -> list[str]:
    """Return the page of a name, or the pages directly in the folder of a name."""
    if not name.endswith("/"):
        return [name]
    files = sorted(path for path in (folder / name).glob("*") if path.suffix in (".ipynb", ".md"))
    return [path.relative_to(folder).with_suffix("").as_posix() for path in files]


if __name__ == "__main__":
    sys.exit(main())
