"""Write a line with links to the previous and the next notebook of the course under each title.

    python scripts/link_notebooks.py [--check] [notebooks/NAME.ipynb ...]

The links are relative: they work in JupyterLab and in the book. Outputs stay as they are. Run after a notebook was
added, renamed or moved; the order is that of ``scripts/build_book.py``. ``--check`` only names those that would
change, and ends with 1 if there are any. The notebook that the batch runs for every
park gets no line: in the folder of a run its links would have no target.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

from build_book import ROOT, ordered, title_of

#: Notebook that the batch runs in the folders of the parks.
TEMPLATE = "notebooks/02_park_pathways"
LINE = re.compile(r"\n\n(?:\[← |\[[^\]]* →\]\()[^\n]*")


def course() -> list[str]:
    """Return the notebooks in the order of the course, without suffix."""
    pages = [page for pages in ordered(ROOT).values() for page in pages]
    return [page for page in pages if page.startswith("notebooks/")]


def line_of(page: str, pages: list[str]) -> str:
    """Return the line of a notebook; empty for the one that the batch runs."""
    if page == TEMPLATE:
        return ""
    at = pages.index(page)
    here = (ROOT / page).parent
    links = []
    for other, text in ((at - 1, "← {}"), (at + 1, "{} →")):
        if 0 <= other < len(pages):
            target = os.path.relpath(ROOT / f"{pages[other]}.ipynb", here).replace(os.sep, "/")
            links.append(f"[{text.format(title_of(ROOT, pages[other]))}]({target})")
    return "\n\n" + " · ".join(links)


def linked(source: str, line: str) -> str:
    """Return the first cell with its line under the title."""
    head, _, rest = LINE.sub("", source, count=1).partition("\n")
    return f"{head}{line}\n{rest}" if rest else head + line


def main(names: list[str], only_check: bool) -> int:
    """Write the lines of the named notebooks, or of all; with ``--check`` return 1 where there is one to write."""
    pages = course()
    wanted = [Path(name).resolve().relative_to(ROOT).with_suffix("").as_posix() for name in names] or pages
    stale = []
    for page in wanted:
        path = ROOT / f"{page}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        first = notebook["cells"][0]
        present = "".join(first["source"])
        first["source"] = linked(present, line_of(page, pages)).splitlines(keepends=True)
        if present == "".join(first["source"]):
            continue
        stale.append(path)
        if not only_check:
            text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
            path.write_text(text, encoding="utf-8", newline="\n")
    print(*(path.relative_to(ROOT).as_posix() for path in stale), sep="\n", end="\n" if stale else "")
    print(f"{len(stale)} of {len(wanted)} notebooks {'have another line' if only_check else 'linked'}")
    return 1 if stale and only_check else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only tell which would change")
    parser.add_argument("notebooks", nargs="*", help="left out: all of the course")
    given = parser.parse_args()
    sys.exit(main(given.notebooks, given.check))
