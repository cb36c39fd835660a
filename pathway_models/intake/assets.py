"""Reading energy assets: from a workbook's own sheet, or from a table.

The columns of a table: ``asset_id,kind,carrier,energy,unit,commissioned,lifetime,capital,source``.
"""

from __future__ import annotations

import csv
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError, RecordError
from pathway_models.foundations.units import to_canonical
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.factors import read_carriers
from pathway_models.records.assets import Asset

HEADER = ("asset_id", "kind", "carrier", "energy", "unit", "commissioned", "lifetime", "capital", "source")


def read_assets(path: str | Path) -> tuple[Asset, ...]:
    """Read a table of assets, or the sheet of energy assets of a park's workbook (``.xlsx``).

    ``capital`` (million CNY) may be empty where it is not known.

    Raises
    ------
    InputError
        All faults of the file, by line or cell.
    """
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        return _of_workbook(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, header = list(reader), tuple(reader.fieldnames or ())
    except OSError as error:
        fault = Fault(path.name, "file", "", "a file to read", f"check the name: {error.strerror}", code="no_file")
        raise InputError([fault]) from None
    if header != HEADER:
        expected = f"the header {','.join(HEADER)}"
        raise InputError([Fault(path.name, "line 1", ",".join(header), expected, "correct the header", code="header")])
    assets, faults = [], []
    for line, row in enumerate(rows, start=2):
        try:
            assets.append(_asset(row))
        except (ValueError, RecordError) as error:
            place = f"line {line}"
            faults.append(Fault(path.name, place, row["asset_id"], str(error), "correct the row", code="asset"))
    names = [asset.asset_id for asset in assets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault(path.name, "asset_id", name, "each unit once", "give every unit its own id", code="twice"))
    if faults:
        raise InputError(faults)
    return tuple(assets)


def _of_workbook(path: Path) -> tuple[Asset, ...]:
    examination = examine_workbook(path)
    faults = [*examination.of("error"), *examination.lacking]
    if faults:
        raise InputError(faults)
    return examination.assets


def _asset(row: dict[str, str]) -> Asset:
    if row["carrier"] not in read_carriers():
        raise ValueError(f"carrier {row['carrier']!r} is not in the carrier list")
    return Asset(
        asset_id=row["asset_id"],
        kind=row["kind"],
        carrier=row["carrier"],
        energy=to_canonical(float(row["energy"]), row["unit"], "TJ"),
        commissioned=int(row["commissioned"]),
        lifetime=int(row["lifetime"]),
        capital=float(row["capital"]) if row["capital"].strip() else None,
        source=row["source"],
    )
