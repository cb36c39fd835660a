"""The register of all known parks and regions, with and without data; countries and their rules; park tables."""

import csv
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.core import Fault, InputError, files, units

#: Files of spreadsheet programs that are not read.
OTHER_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".numbers", ".txt", ".tsv")


@dataclass(frozen=True)
class Entry:
    """One line of ``data/parks.csv``; ``lists`` has a tag ``list:status:date`` for each list that names the park."""

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
    source: str = ""
    country: str = units.HOME
    lists: tuple[str, ...] = ()

    @property
    def has_data(self) -> bool:
        """Tell whether the entry has a table; without one it is never simulated."""
        return bool(self.table)


#: Sets of rules of the data folder that a country has or lacks (``data/README.md``).
RULES = ("factor_sets", "grid_factors", "intensity_targets", "indicator_systems", "costs", "peak_years", "notice")


@dataclass(frozen=True)
class Country:
    """A country and the sets of rules that exist there.

    Parameters
    ----------
    code : str
        ISO 3166, two letters.
    name_en, name_zh : str
    rules : frozenset of str
        Some of `RULES`.
    """

    code: str
    name_en: str
    name_zh: str
    rules: frozenset[str]

    def name(self, lang: str) -> str:
        """Return its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


def read_countries() -> dict[str, Country]:
    """Read all countries by code.

    Raises
    ------
    InputError
        A country has an unknown rule.
    """
    own = files.data_folder() / "countries.csv"
    # A user's data folder may be older than the list.
    return dict(_countries(own if own.is_file() else files.SHIPPED_FOLDER / "data" / own.name))


@cache
def _countries(path: Path) -> dict[str, Country]:
    found, faults = {}, []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            rules = frozenset(filter(None, row["rules"].split(";")))
            for rule in sorted(rules - set(RULES)):
                place, expected = f"line {line}, rules", f"one of {', '.join(RULES)}"
                faults.append(Fault(path.name, place, rule, expected, "correct the rule", code="country_rule"))
            found[row["country"]] = Country(row["country"], row["name_en"], row["name_zh"], rules)
    if faults:
        raise InputError(faults)
    return found


def country_of(code: str) -> Country:
    """Look up a country; one that is not listed has no rules and its code as name."""
    return read_countries().get(code or units.HOME) or Country(code, code, code, frozenset())


def has_rule(code: str, rule: str) -> bool:
    """Tell whether a set of rules exists in a country."""
    return rule in country_of(code).rules


def read_register() -> list[Entry]:
    """Read all entries of the register, in its order."""
    with (files.data_folder() / "parks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in Entry.__dataclass_fields__ if name not in ("invented", "source", "country", "lists")]
    return [
        Entry(
            **{name: row[name] for name in names},
            invented=row["invented"] == "true",
            source=row.get("source") or "",
            # A user's register without these columns: parks of the home country, in no list.
            country=row.get("country") or units.HOME,
            lists=tuple(filter(None, (row.get("lists") or "").split(";"))),
        )
        for row in rows
    ]


def find_table(park_id: str) -> str:
    """Return the path of a park's table under the data folder.

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
        The id is unknown, the park has no data yet, the file is no table, or the working folder has another table of a
        shipped park's id.
    """
    path = Path(park)
    if path.suffix.lower() in KINDS:
        return path
    try:
        shipped = files.data_folder() / find_table(str(park))
    except InputError:
        here = table_here(str(park))
        if here is not None:
            return here
        # A folder, or a file of another kind, is not reported as a misspelt park.
        if not path.is_dir() and path.suffix.lower() not in OTHER_TABLES:
            raise
    else:
        refuse_another(str(park), shipped)
        return shipped
    remedy = "name the table in this folder" if path.is_dir() else "open it and save it as .xlsx"
    expected = "a .csv table, an .xlsx workbook or the id of a park"
    raise InputError([Fault(path.name or str(park), "file", str(park), expected, remedy, code="file_kind")])


def name_anywhere(park: str) -> str:
    """Return a name that finds a park from any working folder: the id of a shipped one, else the path of its table.

    Raises
    ------
    InputError
        As of `table_of`.
    """
    table = table_of(park)
    is_shipped = Path(park).suffix.lower() not in KINDS and files.data_folder() in table.parents
    return park if is_shipped else os.path.abspath(table)


#: Endings of a park table.
KINDS = (".csv", ".xlsx")


#: Folder of the tables in a folder that is arranged like the repository.
AS_SHIPPED = Path("data", "parks")


def tables_in(folder: Path) -> dict[str, Path]:
    """Find the park tables of a folder, by park id.

    They are in ``parks`` below the folder where it exists, else in the folder itself.  A name with a second dot
    (``my-park.projects.csv``) is of a file beside a park's table.

    Raises
    ------
    InputError
        There is no such folder or no table in it, two are of one park, or the folder has its own factors and levers,
        which would not be used.
    """
    if not folder.is_dir():
        raise InputError([_fault(folder, "a folder", "give the folder that holds the park tables", "no_folder")])
    if (folder / "factors").is_dir() and not folder.samefile(files.data_folder()):
        expected = "a folder of park tables, not a data folder with factors and levers of its own"
        remedy = "name that folder by the variable PATHWAY_DATA instead"
        raise InputError([_fault(folder, expected, remedy, "whole_data_folder")])
    place = folder / "parks" if (folder / "parks").is_dir() else folder
    found: dict[str, list[Path]] = {}
    for path in sorted(place.iterdir()):
        is_table = path.suffix.lower() in KINDS and "." not in path.stem and not path.name.startswith("~$")
        if is_table and path.is_file():
            found.setdefault(path.stem, []).append(path)
    if not found:
        expected = "park tables, .csv or .xlsx"
        raise InputError([_fault(folder, expected, "give the folder that holds the park tables", "no_tables")])
    faults = [_doubled(park, paths) for park, paths in found.items() if len(paths) > 1]
    if faults:
        raise InputError(faults)
    return {park: path for park, (path,) in found.items()}


def table_here(park: str) -> Path | None:
    """Find a park's table in the working folder, or in ``data/parks`` below it; None where there is none.

    Raises
    ------
    InputError
        There are two.
    """
    if Path(park).name != park:
        return None
    names = [f"{park}{kind}" for kind in KINDS]
    found = [path for place in (Path(), AS_SHIPPED) for name in names if (path := place / name).is_file()]
    if len(found) > 1:
        raise InputError([_doubled(park, found)])
    return found[0] if found else None


def refuse_another(park: str, shipped: Path) -> None:
    """Refuse to choose between a shipped park and another table of its id in the working folder.

    Raises
    ------
    InputError
        There is such a table, and it or a file beside it differs from the shipped one.
    """
    here = table_here(park)
    if here is None or here.samefile(shipped) or _contents(here) == _contents(shipped):
        return
    expected = "an id that is not at the same time that of a shipped park"
    remedy = "give the path of the table that is meant"
    raise InputError([Fault(here.as_posix(), "park_id", park, expected, remedy, code="park_twice")])


def _contents(table: Path) -> dict[str, bytes]:
    """Read the contents of a table and of the files of its name beside it."""
    return {path.name: path.read_bytes() for path in table.parent.glob(f"{table.stem}.*") if path.is_file()}


def _fault(folder: Path, expected: str, remedy: str, code: str) -> Fault:
    return Fault(str(folder), "folder", "", expected, remedy, code=code)


def _doubled(park: str, paths: list[Path]) -> Fault:
    names = " and ".join(path.as_posix() for path in paths)
    remedy = "remove one, or give the path of the one that is meant"
    return Fault(names, "park_id", park, "one table of a park", remedy, code="two_tables")
