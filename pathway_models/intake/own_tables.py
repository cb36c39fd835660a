"""Park tables of one's own, found by the park's id: in a folder that was named, or in the working folder."""

from __future__ import annotations

from pathlib import Path

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import data_folder

#: Endings of a park table.
KINDS = (".csv", ".xlsx")
#: Where tables stand in a folder that is arranged as the repository is.
AS_SHIPPED = Path("data", "parks")


def tables_in(folder: Path) -> dict[str, Path]:
    """Find the park tables of a folder, by park id.

    They stand in ``parks`` below the folder where there is such a folder, else in the folder itself.  A name with a
    second dot (``my-park.projects.csv``) belongs to a park's table and is none.

    Raises
    ------
    InputError
        There is no such folder or no table in it, two are of one park, or the folder has factors and levers of its
        own, which would not be used.
    """
    if not folder.is_dir():
        raise InputError([_fault(folder, "a folder", "give the folder that holds the park tables", "no_folder")])
    if (folder / "factors").is_dir() and not folder.samefile(data_folder()):
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
        There is such a table, and it or a file that belongs to it is not the shipped one.
    """
    here = table_here(park)
    if here is None or here.samefile(shipped) or _contents(here) == _contents(shipped):
        return
    expected = "an id that is not at the same time that of a shipped park"
    remedy = "give the path of the table that is meant"
    raise InputError([Fault(here.as_posix(), "park_id", park, expected, remedy, code="park_twice")])


def _contents(table: Path) -> dict[str, bytes]:
    """Contents of a table and of the files of its name beside it."""
    return {path.name: path.read_bytes() for path in table.parent.glob(f"{table.stem}.*") if path.is_file()}


def _fault(folder: Path, expected: str, remedy: str, code: str) -> Fault:
    return Fault(str(folder), "folder", "", expected, remedy, code=code)


def _doubled(park: str, paths: list[Path]) -> Fault:
    names = " and ".join(path.as_posix() for path in paths)
    remedy = "remove one, or give the path of the one that is meant"
    return Fault(names, "park_id", park, "one table of a park", remedy, code="two_tables")
