"""The tables of docs/peak_rules.md and docs/headline.md, for the tests that hold pages and code together."""

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def table_after(heading_cells, page="peak_rules.md"):
    """Return the rows of the table whose first header cells are given, as lists of cells."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| " + " | ".join(heading_cells) + " |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split(" | ")])
    return rows


def rate(cell):
    """Return the share that a cell such as '4.6 %' states."""
    return float(cell.removesuffix("%").strip()) / 100
