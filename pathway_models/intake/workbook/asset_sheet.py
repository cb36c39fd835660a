"""Read the sheet of energy assets of a workbook: kind, energy use, commissioning and lifetime of each unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pathway_models.core import Fault
from pathway_models.intake.factors.energy_content import Factors
from pathway_models.intake.numbers import Finding, label_of, read_plausible, read_text, read_year
from pathway_models.intake.statements import Statements
from pathway_models.intake.workbook import blocks, layouts
from pathway_models.records import Asset

if TYPE_CHECKING:
    from pathway_models.intake.workbook.book import Sheet

#: First and last year of commissioning of an energy asset.
FIRST_ASSET, LAST_ASSET = 1950, 2035
#: Longest lifetime of a unit, years.
LONGEST_LIFE = 80


@dataclass(frozen=True)
class AssetLine:
    """One unit as stated in its line; None or empty where the line is blank.

    Parameters
    ----------
    place : str
    name, kind : str
    entry : Entry or None
        The energy it uses.
    use : float or None
        Use in the last year, in ``unit``, a canonical unit.
    commissioned, lifetime : int or None
    capital : float or None
        Million CNY.
    """

    place: str
    name: str
    kind: str
    entry: layouts.Entry | None
    use: float | None
    unit: str
    commissioned: int | None
    lifetime: int | None
    capital: float | None

    @property
    def lacks(self) -> list[str]:
        """List missing data that a lever needs to respect its lifetime."""
        given = {
            "kind": self.kind,
            "energy": self.entry,
            "use a year": self.use,
            "year of commissioning": self.commissioned,
            "lifetime": self.lifetime,
        }
        return [name for name, value in given.items() if value in (None, "")]


def read_asset_sheet(sheet: Sheet, block: layouts.ListBlock, statements: Statements) -> None:
    """Read every unit; each cell that cannot be read is reported."""
    entries = statements.layout.by_label()
    for row in sheet.rows(block.first_row):
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        if any(sheet.raw(ref) not in (None, "") for ref in refs.values()):
            _read(sheet, refs, entries, statements)


def _read(sheet: Sheet, refs: dict[str, str], entries: dict[str, layouts.Entry], statements: Statements) -> None:
    count = len(statements.faults)
    entry = entries.get(label_of(sheet.raw(refs["entry"]))) if sheet.raw(refs["entry"]) else None
    if sheet.raw(refs["entry"]) and (entry is None or entry.quantity != "energy"):
        finding = Finding("a kind of energy of the list", "choose it from the list of the cell", "asset_energy")
        statements.report(sheet.place(refs["entry"]), sheet.raw(refs["entry"]), finding)
        entry = None
    name = _text(sheet, refs["name"], statements)
    if not name:
        finding = Finding("a name", "say which unit it is", "name_blank")
        statements.report(sheet.place(refs["name"]), sheet.raw(refs["name"]), finding)
    line = blocks.Line(statements, sheet, refs, entry or next(iter(entries.values())))
    line.number("capacity")
    use = line.number("use")
    unit, times = line.unit("use_unit", entry.units, entry.unit) if entry and use is not None else ("", 1.0)
    found = AssetLine(
        sheet.place(refs["name"]),
        name,
        _kind(sheet, refs["kind"], statements),
        entry,
        None if use is None else use * times,
        unit,
        _year(sheet, refs["commissioned"], statements),
        _lifetime(line, refs),
        line.number("capital"),
    )
    statements.assets.append(found)
    if found.lacks and len(statements.faults) == count:
        remedy = f"without {', '.join(found.lacks)} it is recorded, and levers cannot respect its lifetime"
        finding = Finding("kind, energy, use, year and lifetime", remedy, "asset_incomplete", "note")
        statements.report(found.place, name, finding)


def _text(sheet: Sheet, ref: str, statements: Statements) -> str:
    text, findings = read_text(sheet.raw(ref))
    for finding in findings:
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
    return text


def _kind(sheet: Sheet, ref: str, statements: Statements) -> str:
    text = _text(sheet, ref, statements)
    names = {
        label_of(name): kind for kind, words in statements.layout.kinds.items() for name in (kind, words.zh, words.en)
    }
    if text and label_of(text) not in names:
        listed = ", ".join(f"{words.zh} {kind}" for kind, words in statements.layout.kinds.items())
        finding = Finding(f"one of {listed}", "choose it from the list of the cell", "asset_kind")
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
    return names.get(label_of(text), "")


def _year(sheet: Sheet, ref: str, statements: Statements) -> int | None:
    year, found = read_year(sheet.value(ref)[0])
    if year is not None and not FIRST_ASSET <= year <= LAST_ASSET:
        found = [Finding(f"a year from {FIRST_ASSET} to {LAST_ASSET}", "correct the year", "asset_year")]
    for finding in found:
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
    return year


def _lifetime(line: blocks.Line, refs: dict[str, str]) -> int | None:
    years = line.number("lifetime")
    if years is not None and not (1 <= years <= LONGEST_LIFE and years == int(years)):
        remedy = "the years from commissioning to replacement"
        line.fault("lifetime", Finding(f"whole years from 1 to {LONGEST_LIFE}", remedy, "asset_lifetime"))
        return None
    return None if years is None else int(years)


def assets_of(statements: Statements, book: Factors) -> tuple[Asset, ...]:
    """Return the complete units, with their yearly use in TJ."""
    whole = [line for line in statements.assets if not line.lacks and line.name]
    return tuple(
        Asset(
            asset_id=line.name,
            kind=line.kind,
            carrier=line.entry.item,
            energy=line.use * (book.tj_per(line.unit, line.entry.item) or 0.0),
            commissioned=line.commissioned,
            lifetime=line.lifetime,
            capital=line.capital,
            source=f"workbook, {line.place}",
        )
        for line in whole
    )


def check_assets(statements: Statements, book: Factors, last: int) -> None:
    """Check that units have distinct names, and together use no more than the park."""
    names: dict[str, str] = {}
    used: dict[str, float] = {}
    for line in statements.assets:
        if line.name in names:
            finding = Finding(
                "each unit once", f"it stands in {names[line.name]} too; give it its own name", "asset_twice"
            )
            statements.report(line.place, line.name, finding)
        names.setdefault(line.name, line.place)
    for asset, place in ((asset, names[asset.asset_id]) for asset in assets_of(statements, book)):
        used[asset.carrier] = used.get(asset.carrier, 0.0) + asset.energy
        park = [
            book.tj(s)
            for s in statements.all.values()
            if (s.role, s.entry.quantity, s.entry.item, s.year) == ("park", "energy", asset.carrier, last)
        ]
        if used[asset.carrier] > sum(park) * read_plausible().bounds["parts"].high:
            remedy = f"the units together use {used[asset.carrier]:,.0f} TJ, the park {sum(park):,.0f} TJ: correct one"
            finding = Finding(f"at most the park's use of {last}", remedy, "asset_sum", "warning")
            statements.report(place, asset.asset_id, finding)


def incomplete(statements: Statements) -> list[Fault]:
    """Return the incomplete units as faults."""
    return [
        Fault(
            statements.file, line.place, line.name, f"also its {', '.join(line.lacks)}", "fill the line", code="asset"
        )
        for line in statements.assets
        if line.lacks
    ]
