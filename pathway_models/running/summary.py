"""From the folders of a run to its summary: one table, one status table, one page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from pathway_models.foundations.errors import BatchError
from pathway_models.intake.register import Entry, read_register
from pathway_models.running.jobs import Outcome

#: Columns of ``status.csv``.
STATUS_COLUMNS = ("park_id", "status", "seconds", "cause")


def write_status(folder: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write ``status.csv``: one row a park."""
    # A park left alone is done as far as whoever reads the run is concerned; no second was spent on it.
    rows = [[o.park_id, "done" if o.came_out else o.status, f"{o.seconds:.2f}", _as_text(o.cause)] for o in outcomes]
    return _write_csv(folder / "status.csv", [list(STATUS_COLUMNS), *rows])


def read_status(folder: Path) -> list[Outcome]:
    """Read ``status.csv`` of a run.

    Raises
    ------
    BatchError
        The folder holds no run.
    """
    path = folder / "status.csv"
    if not path.is_file():
        raise BatchError(f"{folder}: expected the folder of a run with status.csv; give the folder that 'run' printed")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Outcome(r["park_id"], r["status"], float(r["seconds"]), r["cause"]) for r in rows]


def write_summary(folder: Path, outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Gather the parks' summaries into ``summary.csv``; their rows are taken over byte for byte.

    Returns
    -------
    list of dict
        The rows, one a park and scenario.
    """
    header, lines = "", []
    for outcome in outcomes:
        path = folder / outcome.park_id / "summary.csv"
        if outcome.came_out and path.is_file():
            head, *rest = path.read_text(encoding="utf-8-sig").splitlines()
            if header not in ("", head):
                raise BatchError(f"{path}: its columns differ from the other parks'; run the parks again together")
            header = head
            lines += rest
    if not header:
        # Deferred: pandas takes a second to load, and is not needed to put texts together.
        from pathway_models.presenting.tables import CONTRACT

        header = ",".join(CONTRACT)
    text = "\n".join([header, *lines]) + "\n"
    _replace(folder / "summary.csv", text)
    return list(csv.DictReader(io.StringIO(text)))


def write_index(folder: Path, outcomes: Sequence[Outcome], rows: list[dict[str, str]], lang: str) -> Path:
    """Write ``index.html`` and the figure of all parks it shows."""
    # Figures and templates are imported here, where they are drawn: reading a status needs neither.
    from pathway_models.presenting.pages import index_page

    known = {entry.park_id: entry for entry in read_register()}
    waiting: list[Entry] = [entry for entry in known.values() if not entry.has_data]
    page = index_page(folder.name, rows, outcomes, waiting, lang)
    return _replace(folder / "index.html", page, encoding="utf-8")


def _as_text(cause: str) -> str:
    """A cause that no spreadsheet program takes for a formula: it may begin with a file's or a cell's own text."""
    return f"'{cause}" if cause.startswith(("=", "+", "-", "@")) else cause


def _write_csv(path: Path, rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return _replace(path, text.getvalue())


def _replace(path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding=encoding, newline="\n")
    return partial.replace(path)
