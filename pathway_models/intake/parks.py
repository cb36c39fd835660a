"""Read a checked `Park` from a table with its description, or from a workbook; read its energy assets.

Energy assets are read from a workbook's own sheet, or from a table with the columns
``asset_id,kind,carrier,energy,unit,commissioned,lifetime,capital,source``.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pathway_models.core import Fault, InputError
from pathway_models.core.units import to_canonical, units_of
from pathway_models.intake.examination import Examination, examine_workbook
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.plans import reading, rows
from pathway_models.intake.register import table_of
from pathway_models.intake.table.examination import examine_table
from pathway_models.intake.workbook.asset_sheet import FIRST_ASSET, LAST_ASSET, LONGEST_LIFE
from pathway_models.records import Asset, Park, costs


def examine_park(park: str | Path, *, layout: Path | None = None, **choices: str) -> Examination:
    """Examine a park's table or workbook: errors, warnings and notes at once, and the park where there is no error.

    Parameters
    ----------
    park : str or Path
        Id of the register, ``.csv`` table or ``.xlsx`` workbook.
    layout : Path, optional
        Layout file of a workbook arranged in a way of its own.
    **choices : str
        ``factor_set``, ``grid_factor`` or ``chp_rule`` in place of the one the park chose.

    Raises
    ------
    InputError
        The files cannot be examined at all.
    """
    table = table_of(park)
    if table.suffix.lower() == ".xlsx":
        examination = examine_workbook(table, layout, **choices)
    else:
        examination = examine_table(table, **choices)
    if examination.park is None:
        return examination
    try:
        return replace(examination, park=reading.with_plans_beside(examination.park, table))
    except InputError as error:
        return Examination(None, (*error.faults, *examination.faults))


def same_ids(parks: Iterable[str | Path]) -> dict[str, list[str]]:
    """Find parks with the same id, whose results could not be distinguished.

    Parameters
    ----------
    parks : iterable
        Ids of the register, ``.csv`` tables or ``.xlsx`` workbooks.

    Returns
    -------
    dict id -> list of str
        The parks of each id that occurs more than once.
    """
    names = [str(park) for park in parks]
    found: dict[str, list[str]] = {}
    for name in names if len(names) > 1 else ():
        for park_id in sorted(ids_of(name)):
            found.setdefault(park_id, []).append(name)
    return {park_id: of_id for park_id, of_id in found.items() if len(of_id) > 1}


def ids_of(park: str) -> set[str]:
    """Return the ids under which results of a park are kept: of its file, and of its table where that may differ.

    Upper and lower case are not distinguished, as in names of folders.
    """
    if not park.endswith((".csv", ".xlsx")):
        return {park.casefold()}
    # The id of a table is the name of its file; that of a workbook is free.
    stated = _id_in(Path(park)) if park.endswith(".xlsx") else ""
    return {one.casefold() for one in (Path(park).stem, stated) if one}


def _id_in(workbook: Path) -> str:
    """Return the id in a workbook; empty where it cannot be read, which is reported when the park is read."""
    # Deferred: loads a library that text tables do not need.
    from pathway_models.intake.workbook.reading import read_workbook

    try:
        filled = read_workbook(workbook)
    except InputError:
        return ""
    return filled.description.park_id if filled.description else ""


def read_park(park: str | Path, *, factor_set: str = "", grid_factor: str = "", chp_rule: str = "") -> Park:
    """Read a park by its id in the register, or from a user's table.

    Parameters
    ----------
    park : str or Path
        ``"region-d"``; or the path of a ``.csv`` table with a ``.yml`` description of the same name
        beside it; or the path of a filled ``.xlsx`` workbook.  Plans that lie beside it, ``<park_id>.projects.csv``
        and ``<park_id>.overrides.csv``, are put on the park, and its notes say so.
    factor_set, grid_factor, chp_rule : str, optional
        A choice in place of the park's own, for comparison; it is part of the record.

    Returns
    -------
    Park

    Raises
    ------
    InputError
        Every fault of the files: file, line or cell, value, what was expected, what to do.

    Examples
    --------
    >>> read_park("region-d").sectors
    ('agriculture', 'industry', 'transport', 'buildings', 'residents')
    """
    given = {"factor_set": factor_set, "grid_factor": grid_factor, "chp_rule": chp_rule}
    examination = examine_park(park, **{name: choice for name, choice in given.items() if choice})
    if examination.park is None:
        raise InputError(examination.of("error"))
    return examination.park


HEADER = ("asset_id", "kind", "carrier", "energy", "unit", "commissioned", "lifetime", "capital", "source")


def read_assets(path: str | Path) -> tuple[Asset, ...]:
    """Read a table of assets, or the sheet of energy assets of a park's workbook (``.xlsx``).

    ``capital`` (million CNY) may be empty where it is not known.

    Raises
    ------
    InputError
        All faults of the file, by line or cell; or it names no unit at all.
    """
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        return _of_workbook(path)
    faults: list[Fault] = []
    lines = rows.read_lines(path, HEADER, faults)
    assets = [_asset(line) for line in lines]
    names: set[str] = set()
    for line in lines:
        if line["asset_id"] in names:
            line.fault("asset_id", "each unit once", "give every unit its own id", "twice")
        names.add(line["asset_id"])
    if faults:
        raise InputError(faults)
    return tuple(asset for asset in assets if asset is not None)


def _of_workbook(path: Path) -> tuple[Asset, ...]:
    examination = examine_workbook(path)
    faults = [*examination.of("error"), *examination.lacking]
    if not faults and not examination.assets:
        remedy = "fill the sheet of energy assets, or give a .csv table"
        faults.append(Fault(path.name, "workbook", "", "at least one unit", remedy, code="no_asset"))
    if faults:
        raise InputError(faults)
    return examination.assets


def _asset(line: rows.Line) -> Asset | None:
    """Read one unit; None where its line is faulty."""
    line.plain("asset_id")
    kind = line.word("kind", costs.ASSET_KINDS, "correct the kind", "kind")
    carrier = line["carrier"]
    if carrier not in read_carriers():
        line.fault("carrier", "a carrier of carriers.csv", "use a code of this list", "carrier")
    energy, capital = line.number("energy"), line.number("capital", 0.0)
    if energy is not None and energy < 0:
        line.fault("energy", "0 or more", "check the sign", "negative")
    if capital is not None and capital < 0:
        line.fault("capital", "0 or more", "check the sign", "negative")
    units = units_of("TJ")
    if line["unit"] not in units:
        line.fault("unit", f"one of {', '.join(units)}", "use a unit of energy", "unit")
    commissioned = _whole(line, "commissioned", FIRST_ASSET, LAST_ASSET, "a year")
    lifetime = _whole(line, "lifetime", 1, LONGEST_LIFE, "whole years")
    if line.is_faulty or kind is None or energy is None or commissioned is None or lifetime is None:
        return None
    return Asset(
        asset_id=line["asset_id"],
        kind=kind,
        carrier=carrier,
        energy=to_canonical(energy, line["unit"], "TJ"),
        commissioned=commissioned,
        lifetime=lifetime,
        capital=capital if line["capital"] else None,
        source=line["source"],
    )


def _whole(line: rows.Line, column: str, first: int, last: int, what: str) -> int | None:
    text = line[column]
    if text.isascii() and text.isdecimal() and first <= int(text) <= last:
        return int(text)
    line.fault(column, f"{what} from {first} to {last}", "write it in plain digits", column)
    return None
