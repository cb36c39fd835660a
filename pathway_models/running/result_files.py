"""Results as figures in files: the folder of a run, or a CSV of figures."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from pathway_models.findings.guarding import LAST_YEAR, as_figure
from pathway_models.foundations.errors import BatchError, Fault, InputError
from pathway_models.presenting.rounding import stable_text
from pathway_models.records.guard import Key, Results
from pathway_models.running.rerun import read_record

COLUMNS = Key._fields
#: Columns of ``summary.csv`` that say what a figure is of, not what it is.
NAMES = ("park_id", "name", "name_zh", "kind", "invented", "scenario", "tier", "members", "seed", "until")
#: Where a run says what it rests on.
ABOUT = ("parameters", "versions", "inputs_sha256")


def read_results(path: str | Path) -> Results:
    """Read the figures of a run's folder, or of a CSV written by `write_figures`.

    Raises
    ------
    BatchError
        The folder holds no run, or one in which no park came out.
    InputError
        The file is no file of figures.
    """
    path = Path(path)
    return _folder(path) if path.is_dir() else _file(path)


def write_figures(path: str | Path, results: Results, digits: int = 6) -> Path:
    """Write figures as CSV: park, scenario, quantity, year, value; sorted, so that a change is one line."""
    path = Path(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([*COLUMNS, "value"])
        for key in sorted(results.figures):
            value = results.figures[key]
            lines.writerow([*key, "inf" if math.isinf(value) else stable_text(float(value), digits)])
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _folder(folder: Path) -> Results:
    summary = folder / "summary.csv"
    if not summary.is_file():
        raise BatchError(f"{folder}: expected the folder of a run with summary.csv; give the folder that 'run' printed")
    rows = _rows(summary)
    figures = {}
    for row in rows:
        for name, text in row.items():
            value = None if name in NAMES else as_figure(text)
            if value is not None:
                figures[Key(row["park_id"], row["scenario"], name, 0)] = value
    for park in dict.fromkeys(row["park_id"] for row in rows):
        path = folder / park / "pathways.csv"
        figures |= dict(_yearly(path)) if path.is_file() else {}
    if not figures:
        raise BatchError(f"{folder}: no park of this run came out, so that there is nothing to look at; see status.csv")
    last = {row["park_id"]: int(row[LAST_YEAR]) for row in rows}
    return Results(folder.name, figures, last, _about(folder / "run.json", rows))


def _yearly(path: Path) -> Iterator[tuple[Key, float]]:
    for row in _rows(path):
        for name, text in row.items():
            value = None if name in ("park_id", "scenario", "year") else as_figure(text)
            if value is not None:
                yield Key(row["park_id"], row["scenario"], name, int(row["year"])), value


def _about(path: Path, rows: list[dict[str, str]]) -> dict[str, str]:
    """What a run rests on, one line a fact."""
    found = {name: rows[0][name] for name in ("members", "seed", "until") if rows and name in rows[0]}
    if path.is_file():
        content = read_record(path.parent)
        for section in ABOUT:
            for name, value in (content.get(section) or {}).items():
                if section != "parameters" or name not in ("out", "workers", "parks", "quiet", "timeout"):
                    found[name] = str(value)[:40]
    return found


def _file(path: Path) -> Results:
    try:
        rows = _rows(path)
        header = tuple(rows[0]) if rows else ()
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(path.name, "file", "", "the folder of a run or a CSV of figures", f"check the name: {error}")
        raise InputError([fault]) from None
    if header != (*COLUMNS, "value"):
        expected = f"the columns {', '.join((*COLUMNS, 'value'))}"
        raise InputError([Fault(path.name, "line 1", ", ".join(map(str, header)), expected, "give a file of figures")])
    figures, faults = {}, []
    for line, row in enumerate(rows, start=2):
        try:
            key = Key(row["park"], row["scenario"], row["quantity"], int(row["year"]))
            figures[key] = float(row["value"])
        except (TypeError, ValueError):
            text = ", ".join(str(cell) for cell in row.values())
            faults.append(Fault(path.name, f"line {line}", text, "a whole year and a number", "correct the line"))
    if faults:
        raise InputError(faults)
    last = {key.park: int(value) for key, value in figures.items() if key.quantity == LAST_YEAR}
    return Results(path.stem, figures, last)
