"""The register of all parks and regions we know, with and without data."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import data_folder
from pathway_models.intake.own_tables import KINDS, refuse_another, table_here

#: Files of spreadsheet programs that are not read.
OTHER_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".numbers", ".txt", ".tsv")


@dataclass(frozen=True)
class Entry:
    """One line of ``data/parks.csv``."""

    park_id: str
    name_zh: str
    name_en: str
    kind: str
    province: str
    archetype: str
    invented: bool
    table: str
    status: str
    naming_year: str
    confidence: str

    @property
    def has_data(self) -> bool:
        """Whether a table stands behind the entry; without one it is never simulated."""
        return bool(self.table)


def read_register() -> list[Entry]:
    """All entries of the register, in its order."""
    with (data_folder() / "parks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in Entry.__dataclass_fields__ if name != "invented"]
    return [Entry(**{name: row[name] for name in names}, invented=row["invented"] == "true") for row in rows]


def find_table(park_id: str) -> str:
    """Path of a park's table under the data folder.

    Raises
    ------
    InputError
        The id is unknown, or the park has no data yet.
    """
    entries = {entry.park_id: entry for entry in read_register()}
    if park_id not in entries:
        from difflib import get_close_matches

        with_data = [name for name, entry in entries.items() if entry.has_data]
        near = (
            [name for name in entries if park_id.lower() in name]
            or get_close_matches(park_id.lower(), entries, n=5)
            or with_data
        )
        expected = f"a park of the register, such as {', '.join(near[:5])}"
        raise InputError([Fault("parks.csv", "park_id", park_id, expected, "see 'pathways list'", code="park_unknown")])
    if not entries[park_id].has_data:
        expected = "a park with a table"
        remedy = "there is no data yet; fill a table and give its path instead"
        raise InputError([Fault("parks.csv", "park_id", park_id, expected, remedy, code="park_no_data")])
    return entries[park_id].table


def table_of(park: str | Path) -> Path:
    """Find a park's table by its path, by its id in the register, or by its id in the working folder.

    Raises
    ------
    InputError
        The id is unknown, the park has no data yet, what stands there is no table, or the working folder has another
        table of a shipped park's id.
    """
    path = Path(park)
    if path.suffix.lower() in KINDS:
        return path
    try:
        shipped = data_folder() / find_table(str(park))
    except InputError:
        here = table_here(str(park))
        if here is not None:
            return here
        # A folder or a file of another kind is no misspelt park.
        if not path.is_dir() and path.suffix.lower() not in OTHER_TABLES:
            raise
    else:
        refuse_another(str(park), shipped)
        return shipped
    remedy = "name the table in this folder" if path.is_dir() else "open it and save it as .xlsx"
    expected = "a .csv table, an .xlsx workbook or the id of a park"
    raise InputError([Fault(path.name or str(park), "file", str(park), expected, remedy, code="file_kind")])


def name_anywhere(park: str) -> str:
    """Name a park so that it is found from any working folder: a shipped one by its id, another by its table's path.

    Raises
    ------
    InputError
        As of `table_of`.
    """
    table = table_of(park)
    is_shipped = Path(park).suffix.lower() not in KINDS and data_folder() in table.parents
    return park if is_shipped else os.path.abspath(table)
