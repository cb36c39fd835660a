"""The tables of docs/peak_rules.md, for the tests that hold the page and the code together."""

from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "peak_rules.md").read_text(encoding="utf-8")


def table_after(heading_cells):
    """Return the rows of the table whose first header cells are given, as lists of cells."""
    lines = PAGE.splitlines()
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
