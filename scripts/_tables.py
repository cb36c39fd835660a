"""Shared by the data scripts: paths of files, and writing of tables.

Scripts write below an output folder given as an argument (``data/`` when left out), so that the tests can
regenerate each file elsewhere and compare it byte by byte.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"

#: Order of the quantities of a year in a park table.
QUANTITIES = (
    "value_added",
    "output",
    "energy",
    "emissions",
    "factor",
    "green_electricity",
    "product",
    "process_factor",
    "green_area",
    "sequestration",
    "population",
)


class Row(NamedTuple):
    """One row of a park table; the field names are its header."""

    year: int
    sector: str
    quantity: str
    item: str
    value: str
    unit: str
    source: str
    confidence: str
    note: str = ""


def places(about: str, **defaults: Path | None) -> tuple[Path, ...]:
    """Read paths from the command line, in order; one whose default is None must be given.

    Parameters
    ----------
    about : str
        Shown by ``--help``: the docstring of the script.
    **defaults : Path or None
        Name of each place, as ``--help`` shows it, and the path taken where it is left out.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in defaults.items():
        told = f"left out: {default}" if default else "must be given"
        parser.add_argument(name, type=Path, nargs="?" if default else None, default=default, help=told)
    return tuple(vars(parser.parse_args()).values())


def output_folder(about: str = "") -> Path:
    """Return the folder named on the command line, or ``data/``."""
    return places(about, OUT=DATA)[0]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV (gzip when the name says so) as text, one mapping a line."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a UTF-8 CSV with line feeds only, the same bytes on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_park(folder: Path, rows: Iterable[Row], sidecar: Mapping[str, Any]) -> None:
    """Write one park: its table, sorted by year, and the sidecar beside it.

    Parameters
    ----------
    folder : Path
        Data folder; the files go to ``parks/`` below it.
    rows : iterable of Row
        Lines of the table; order within a year and a quantity is kept.
    sidecar : mapping
        Description of the park; ``park_id`` names both files.
    """
    ordered = sorted(rows, key=lambda row: (row.year, QUANTITIES.index(row.quantity)))
    stem = folder / "parks" / sidecar["park_id"]
    write_rows(stem.with_suffix(".csv"), Row._fields, ordered)
    text = yaml.safe_dump(dict(sidecar), allow_unicode=True, sort_keys=False, width=100)
    stem.with_suffix(".yml").write_text(text, encoding="utf-8", newline="\n")


def significant(value: float, digits: int = 5) -> str:
    """Write a number with at most so many significant digits, never in exponent form.

    Examples
    --------
    >>> significant(123456.78)
    '123460'
    >>> significant(0.0123456)
    '0.012346'
    """
    return np.format_float_positional(float(f"{value:.{digits}g}"), trim="-")
