"""Reading energy assets: from a workbook's own sheet, or from a table.

The columns of a table: ``asset_id,kind,carrier,energy,unit,commissioned,lifetime,capital,source``.
"""

from pathlib import Path

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.units import to_canonical, units_of
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.plans.rows import Line, read_lines
from pathway_models.intake.workbook.asset_sheet import FIRST_ASSET, LAST_ASSET, LONGEST_LIFE
from pathway_models.records.investments import ASSET_KINDS, Asset

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
    lines = read_lines(path, HEADER, faults)
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


def _asset(line: Line) -> Asset | None:
    """One unit; None where its line is faulty."""
    line.plain("asset_id")
    kind = line.word("kind", ASSET_KINDS, "correct the kind", "kind")
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


def _whole(line: Line, column: str, first: int, last: int, what: str) -> int | None:
    text = line[column]
    if text.isascii() and text.isdecimal() and first <= int(text) <= last:
        return int(text)
    line.fault(column, f"{what} from {first} to {last}", "write it in plain digits", column)
    return None
